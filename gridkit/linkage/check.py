"""What is to be said about the links: unknown names, open mentions, contradictions (rules L1xx)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import numpy as np
import pandas as pd
import shapely

from gridkit.linkage.lists import split_cell
from gridkit.linkage.mentions import (
    COMMUNITY_COLUMNS,
    COMPOUND_COLUMN,
    COVERS,
    PLACE_COLUMNS,
    RECORD_COLUMNS,
    STATING,
)
from gridkit.linkage.names import key_frame, normalise
from gridkit.linkage.targets import clean_code
from gridkit.linkage.told import Told, listed
from gridkit.linkage.wholes import whole
from gridkit.model import Findings
from gridkit.model.fields import COMMUNITY, COMPOUND, LEVELS
from gridkit.rules import CATALOGUE

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from gridkit.model import City, Links, Places

    Rows = Iterator[dict[str, Any]]

_COLUMNS: Final = {
    (column.kind, column.field): column
    for column in (*COMMUNITY_COLUMNS, *RECORD_COLUMNS, *PLACE_COLUMNS, COMPOUND_COLUMN, COVERS)
}
_STATED_BY: Final = {column.kind: column for column in (*COMMUNITY_COLUMNS, *STATING)}
_RECORDS: Final = {"unit": "units", "company": "property_companies", "branch": "branches"}
_CODE_FIELDS: Final = {"unit": "unit_id", "company": "company_id", "branch": "branch_id"}
_SEVERAL: Final = r"[、，,;；/／|｜\s个处至到~～—-]"
"""What a cell must hold to be more than one name."""
ANCHORS: Final = 20
"""Least number of codes that are judged as a column."""
DOUBTFUL: Final = 0.4
"""Share of contradicting codes from which the column is doubted."""


def check_links(city: City, links: Links, *, covers: bool = True, places: Places | None = None) -> Findings:
    """Report what the linker could not settle and what it settled against some evidence.

    Parameters
    ----------
    city : City
    links : Links
        As returned by :func:`gridkit.linkage.link` for the same city.
    covers : bool
        Whether a compound that a Party organisation lists and nothing matches is told here, as L101. False where
        coverage is decided as well: there it is C111, and one cell is told once.
    places : Places, optional
        Where the compounds lie, to tell candidates of one name apart.

    Returns
    -------
    Findings
        L101-L106, L108, L109, L111-L114; subjects are row ids, refs the cells that mention.
    """
    frame = links.frame
    reasons = _pick(frame, ("code", "parent", "point", "targets", "taken_by", "name", "but", "but_unknown"))
    context = _Context(city)
    rows: list[dict[str, Any]] = []
    absent = reasons["targets"] == "absent"
    rows.extend(_nothing_to_link_to(context, frame[absent]))
    unknown = links.unmatched().loc[lambda part: ~part.index.isin(frame.index[absent])]
    listed = (unknown["field"] == "covers") & (unknown["level"] == COMPOUND)
    rows.extend(_unknown(context, unknown[~listed | covers]))
    waiting = links.open()
    waiting = waiting[reasons["taken_by"].reindex(waiting.index) == ""].sort_values(["rank"], kind="stable")
    key = ["record", "field", "position", "mention", "level"]
    waiting = waiting[(waiting["rank"] == 1).groupby([waiting[one] for one in key]).transform("any")]
    rows.extend(_waiting(context, Told(city, places), waiting))
    rows.extend(_second_records(context, frame[reasons["taken_by"] != ""], reasons["taken_by"]))
    accepted = frame["accepted"]
    rows.extend(_contradicting_codes(context, frame[accepted & (reasons["code"] == "contradicts")]))
    rows.extend(_settled_against(context, frame[accepted & (reasons["point"] == "outside")], "L111"))
    rows.extend(_settled_against(context, frame[accepted & (reasons["parent"] == "other")], "L112"))
    named = accepted & reasons["name"].isin(["same", "alias", "core"]) & reasons["code"].isin(["same", "contradicts"])
    rows.extend(_doubtful_columns(context, frame[named].assign(code_is=reasons["code"][named])))
    rows.extend(_unknown_communities(context, frame[reasons["parent"] == "unresolved"]))
    rows.extend(_lists(city))
    rows.extend(_exceptions(context, frame, reasons["but"], reasons["but_unknown"]))
    rows.extend(_namesakes(city))
    return Findings.of(rows)


def _pick(frame: pd.DataFrame, keys: Sequence[str]) -> dict[str, pd.Series]:
    """Return the values of ``keys`` in each reason; many rows share one dictionary, which is looked at once."""
    reasons = frame["reason"].tolist()
    rows, shared = pd.factorize(np.fromiter(map(id, reasons), dtype=np.int64, count=len(reasons)))
    held = dict(zip(map(id, reasons), reasons, strict=True))
    unique = [held[at] for at in shared.tolist()]
    picked = {key: np.array([str(reason.get(key, "")) for reason in unique], dtype=object) for key in keys}
    return {key: pd.Series(values[rows], index=frame.index, dtype=object) for key, values in picked.items()}


class _Context:
    """Looks up kinds, cells and names of records and targets."""

    def __init__(self, city: City) -> None:
        self.city = city
        self._kinds = {src: kind for kind in city.registries for src in city.rows(kind)["src"].unique()}
        self._names: dict[str, Mapping[str, str]] = {}
        self._values: dict[tuple[str, str], Mapping[str, str]] = {}
        self._owners: dict[str, Mapping[str, str]] = {}

    def kind(self, record: str) -> str:
        return self._kinds.get(record.rpartition("!")[0], "")

    def value(self, kind: str, field: str, record: str) -> str:
        """Return the text of a field of a registry record, empty where there is no such record."""
        if (kind, field) not in self._values:
            column = self.city.rows(kind)[field]
            self._values[kind, field] = dict(zip(column.index.tolist(), column.tolist(), strict=True))
        return self._values[kind, field].get(record, "")

    def cell(self, record: str, field: str, *, code: bool = False) -> str:
        """Return the cell of a mention: its name, else its code."""
        kind = self.kind(record)
        column = _COLUMNS.get((kind, field))
        if column is None:
            return record
        use_code = column.code and (code or not self.value(kind, column.name, record))
        return self.city.cell(record, column.code if use_code else column.name)

    def written_code(self, record: str, field: str) -> str:
        column = _COLUMNS[self.kind(record), field]
        return self.value(column.kind, column.code, record) if column.code else ""

    def name(self, level: str, code: str) -> str:
        if level not in self._names:
            if level in LEVELS:
                layer = self.city.layers.get(level)
                frame = pd.DataFrame({"name": []}) if layer is None else layer.frame
            else:
                frame = self.city.rows(_RECORDS[level])
            self._names[level] = dict(zip(frame.index, frame["name"], strict=True))
        return self._names[level].get(code) or code

    def owner(self, level: str, written: str) -> str:
        """Return the name of the target that a written code belongs to."""
        if level in LEVELS:
            return self.name(level, written)
        if level not in self._owners:
            codes = clean_code(self.city.rows(_RECORDS[level])[_CODE_FIELDS[level]])
            first = codes.drop_duplicates()
            self._owners[level] = dict(zip(first.tolist(), first.index.tolist(), strict=True))
        owner = self._owners[level].get(written.strip().upper())
        return written if owner is None else self.name(level, str(owner))


def _unknown(context: _Context, rows: pd.DataFrame) -> Rows:
    for record, field, mention, level in rows[["record", "field", "mention", "level"]].itertuples(index=False):
        refs = [context.cell(record, field)]
        yield CATALOGUE["L101"].found(record, refs=refs, mention=mention, level=level, field=field)


def _waiting(context: _Context, told: Told, rows: pd.DataFrame) -> Rows:
    """Yield the mentions that wait for a person, with all candidates that are as good as the best."""
    columns = ["record", "field", "position", "mention", "level", "code", "method", "score"]
    for (record, field, _, mention, level), group in rows[columns].groupby(columns[:5], sort=False):
        code, method, score = next(group[["code", "method", "score"]].itertuples(index=False, name=None))
        equal = group["code"][group["score"] == score].tolist()
        shown = [told.named(context.name(level, one), one) for one in equal]
        several: dict[str, Any] = {}
        if len(equal) > 1:
            several = {"variant": "equal", "n": len(equal), "candidates": listed(sorted(shown))}
        yield CATALOGUE["L102"].found(
            record, refs=[context.cell(record, field)], mention=mention, candidate=code, score=round(float(score), 2),
            candidate_name=shown[0], method=method, level=level, field=field, **several,
        )  # fmt: skip


def _second_records(context: _Context, rows: pd.DataFrame, taken_by: pd.Series) -> Rows:
    for at, record, field, mention, level, code in rows[["record", "field", "mention", "level", "code"]].itertuples():
        kept = taken_by[at]
        refs = [context.cell(record, field), context.cell(kept, field)]
        yield CATALOGUE["L105"].found(
            record, refs=refs, mention=mention, code=code, name=context.name(level, code), kept=refs[1]
        )


def _contradicting_codes(context: _Context, rows: pd.DataFrame) -> Rows:
    for record, field, mention, level, code in rows[["record", "field", "mention", "level", "code"]].itertuples(
        index=False
    ):
        written = context.written_code(record, field)
        yield CATALOGUE["L103"].found(
            record, refs=[context.cell(record, field, code=True), context.cell(record, field)], mention=mention,
            code=code, name=context.name(level, code), written=written, other_name=context.owner(level, written),
        )  # fmt: skip


def _settled_against(context: _Context, rows: pd.DataFrame, rule: str) -> Rows:
    for record, field, mention, level, code in rows[["record", "field", "mention", "level", "code"]].itertuples(
        index=False
    ):
        refs = [context.cell(record, field)]
        yield CATALOGUE[rule].found(record, refs=refs, mention=mention, code=code, name=context.name(level, code))


def _column(rows: pd.DataFrame) -> list[str]:
    """Return ``source!column`` of each row's mention."""
    return [f"{record.rpartition('!')[0]}!{field}" for record, field in zip(rows["record"], rows["field"], strict=True)]


def _doubtful_columns(context: _Context, rows: pd.DataFrame) -> Rows:
    for _, group in rows.groupby(_column(rows)):
        wrong = group["record"][group["code_is"] == "contradicts"].tolist()
        if len(group) < ANCHORS or len(wrong) < DOUBTFUL * len(group):
            continue
        first, field = group["record"].iloc[0], group["field"].iloc[0]
        column = _COLUMNS[context.kind(first), field].code
        refs = [context.cell(record, field, code=True) for record in wrong]
        yield CATALOGUE["L109"].found(
            first.rpartition("!")[0], refs=refs, column=column, contradicting=len(wrong), checked=len(group)
        )  # fmt: skip


def _nothing_to_link_to(context: _Context, rows: pd.DataFrame) -> Rows:
    for _, group in rows.groupby(_column(rows)):
        first, field = group["record"].iloc[0], group["field"].iloc[0]
        column = _COLUMNS.get((context.kind(first), field))
        yield CATALOGUE["L113"].found(
            first.rpartition("!")[0],
            refs=[context.cell(first, field)],
            count=len(group),
            column=column.name if column else field,
            level=group["level"].iloc[0],
        )


def _unknown_communities(context: _Context, rows: pd.DataFrame) -> Rows:
    """Yield one finding per source and stated community that could not be resolved."""
    stated = []
    for record in dict.fromkeys(rows["record"].tolist()):
        column = _STATED_BY.get(context.kind(record))
        if column is not None:
            name = context.value(column.kind, column.name, record)
            used = column.name if name or not column.code else column.code
            text = context.value(column.kind, used, record)
            stated.append((record.rpartition("!")[0], text, context.city.cell(record, used)))
    table = pd.DataFrame(stated, columns=["source", "mention", "ref"])
    for (source, mention), group in table.groupby(["source", "mention"]):
        yield CATALOGUE["L108"].found(
            source, refs=group["ref"].to_list(), mention=mention, source=source, count=len(group)
        )


def _lists(city: City) -> Rows:
    """Yield lists that declare another number than they name, name a place twice, or hold a range that is too long."""
    cells = city.rows("branches")["covers"]
    several = cells[cells.str.contains(_SEVERAL)]
    for text, records in several.groupby(several, sort=False).groups.items():
        if whole(str(text)) is not None:
            continue
        split = split_cell(str(text))
        for record in records if not split.fits or split.repeated or split.long else ():
            refs = [city.cell(record, "covers")]
            if not split.fits:
                yield CATALOGUE["L104"].found(record, refs=refs, declared=split.declared, listed=len(split.items))
            if split.repeated:
                twice: dict[str, Any] = {"n": len(split.repeated), "codes": ", ".join(split.repeated)}
                yield CATALOGUE["L114"].found(record, refs=refs, variant="repeated", mention=text, **twice)
            for span in split.long:
                yield CATALOGUE["L114"].found(record, refs=refs, variant="long", mention=span)


def _exceptions(context: _Context, frame: pd.DataFrame, but: pd.Series, unknown: pd.Series) -> Rows:
    """Yield the rows that cover all places but some."""
    rows = frame[((but != "") | (unknown != "")) & (frame["rank"] == 1)]
    for at, record, field, mention in rows[["record", "field", "mention"]].itertuples():
        refs = [context.cell(record, field)]
        if unknown[at]:
            yield CATALOGUE["L114"].found(
                record, refs=refs, variant="except_unknown", mention=mention, name=unknown[at]
            )
        else:
            codes = str(but[at])
            told: dict[str, Any] = {"n": codes.count(",") + 1, "codes": codes}
            yield CATALOGUE["L114"].found(record, refs=refs, variant="except", mention=mention, **told)


def _namesakes(city: City) -> Rows:
    """Yield the names that several polygons of one stated community share."""
    layer = city.layers.get(COMPOUND)
    if layer is None:
        return
    frame = layer.frame
    table = pd.DataFrame({"full": key_frame(frame["name"], COMPOUND)["full"]})
    stated = frame["community_code"].where(
        frame["community_code"] != "", pd.Series(normalise(frame["community_name"].to_list()), index=frame.index)
    )
    table["community"] = stated
    table["polygon"] = shapely.get_dimensions(frame.geometry.to_numpy()) == 2
    table = table[(table["full"] != "") & (table["community"] != "")]
    table = table[table.duplicated(["community", "full"], keep=False)]
    communities = city.layers.get(COMMUNITY)
    names = {} if communities is None else dict(zip(communities.frame.index, communities.frame["name"], strict=True))
    for (community, _), group in table.groupby(["community", "full"]):
        if not group["polygon"].any():
            continue
        codes = [str(code) for code in group.index.sort_values()]
        records = [f"{frame['src'][code]}!{frame['row'][code]}" for code in codes]
        yield CATALOGUE["L106"].found(
            codes[0], refs=[city.cell(record, "name") for record in records], count=len(codes),
            name=frame["name"][codes[0]], community_name=names.get(community, community), codes=", ".join(codes[:10]),
        )  # fmt: skip
