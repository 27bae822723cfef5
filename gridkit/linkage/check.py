"""What is to be said about the links: unknown names, open mentions, contradictions (rules L1xx)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import numpy as np
import pandas as pd

from gridkit.linkage.lists import split_cell
from gridkit.linkage.mentions import (
    COMMUNITY_COLUMNS,
    COMPOUND_COLUMN,
    COVERS,
    PLACE_COLUMNS,
    RECORD_COLUMNS,
    STATING,
)
from gridkit.linkage.overrides import METHOD, targets_of
from gridkit.linkage.repeats import repeated_records
from gridkit.linkage.targets import clean_code
from gridkit.linkage.told import Told, listed
from gridkit.linkage.wholes import whole
from gridkit.model import Findings
from gridkit.model.fields import COMPOUND, LEVELS
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
STRANGE: Final = 20
"""Least number of mentions from which a column is judged as a whole."""
ALL_ALIKE: Final = 0.95
"""Share of its mentions that makes it a matter of the column."""
_SEVERAL: Final = r"[、，,;；/／|｜\s个处至到~～—-]"
"""What a cell must hold to be more than one name."""


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
        L101-L105, L108, L109, L111-L121; subjects are row ids, refs the cells that mention.
    """
    frame = links.frame
    reasons = _pick(frame, ("code", "parent", "point", "targets", "taken_by", "name", "but", "but_unknown"))
    context = _Context(city)
    rows: list[dict[str, Any]] = []
    absent = reasons["targets"] == "absent"
    rows.extend(_nothing_to_link_to(context, frame[absent]))
    # What a person has decided to be nothing known needs no more telling.
    unknown = links.unmatched().loc[lambda part: ~part.index.isin(frame.index[absent]) & (part["method"] != METHOD)]
    listed = (unknown["field"] == "covers") & (unknown["level"] == COMPOUND)
    rows.extend(_unknown(context, unknown[~listed | covers]))
    waiting = links.open()
    waiting = waiting[reasons["taken_by"].reindex(waiting.index) == ""].sort_values(["rank"], kind="stable")
    key = ["record", "field", "position", "mention", "level"]
    waiting = waiting[(waiting["rank"] == 1).groupby([waiting[one] for one in key]).transform("any")]
    rows.extend(_waiting(context, Told(city, places), waiting))
    settled = frame["record"].isin(set(frame.loc[frame["accepted"], "record"])) & ~frame["accepted"]
    second = frame[(reasons["taken_by"] != "") & ~settled]
    rows.extend(_second_records(context, second, reasons["taken_by"]))
    accepted, nothing = frame["accepted"], (frame["method"] == METHOD) & (frame["code"] == "")
    rows.extend(_contradicting_codes(context, frame[(accepted | nothing) & (reasons["code"] == "contradicts")]))
    rows.extend(_settled_against(context, frame[accepted & (reasons["point"] == "outside")], "L111"))
    rows.extend(_settled_against(context, frame[accepted & reasons["parent"].isin(["other", "near"])], "L112"))
    rows.extend(_unfit_columns(context, links))
    rows.extend(_strange_columns(context, frame[~absent]))
    rows.extend(_unknown_communities(context, frame[reasons["parent"] == "unresolved"]))
    rows.extend(_lists(city))
    rows.extend(_exceptions(context, frame, reasons["but"], reasons["but_unknown"]))
    rows.extend(repeated_records(city, links))
    rows.extend(_decisions(context, links))
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
        """Return the cell of a mention: its name, else its code; that of the name for what only that says."""
        kind = self.kind(record)
        column = _COLUMNS.get((kind, field))
        if column is None:
            return record
        if column == COVERS and not self.value(kind, column.name, record).strip():
            return self.city.cell(record, "name")
        use_code = column.code and (code or not self.value(kind, column.name, record))
        return self.city.cell(record, column.code if use_code else column.name)

    def column(self, source: str, field: str) -> str:
        """Return the place of a whole column: ``party.xlsx!Sheet1!D``."""
        read = next((one for one in self.city.sources if one.name == source), None)
        letter = read.columns.get(field, "") if read else ""
        return f"{source}!{letter}" if letter else source

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
    columns = ["record", "field", "mention", "level", "code", "method"]
    for record, field, mention, level, code, method in rows[columns].itertuples(index=False):
        written = context.written_code(record, field) or mention
        variant: dict[str, Any] = {} if method != METHOD else {"variant": "decided" if code else "none"}
        yield CATALOGUE["L103"].found(
            record, refs=[context.cell(record, field, code=True), context.cell(record, field)], mention=mention,
            code=code, name=context.name(level, code) if code else "", written=written,
            other_name=context.owner(level, written), **variant,
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


def _unfit_columns(context: _Context, links: Links) -> Rows:
    """Yield the columns that were not used, because most anchors contradict them."""
    for row in links.health.to_dict("records"):
        source, field = row["source"], row["field"]
        mentioned = _COLUMNS[context.kind(f"{source}!1"), field]
        variant = {"variant": row["verdict"]} if row["verdict"] in ("shifted", "wrong") else {}
        counts = {"checked": int(row["checked"]), "agreeing": int(row["agreeing"])}
        if row["column"] == "code":
            contradicting = counts["checked"] - counts["agreeing"]
            refs = [context.column(source, mentioned.code)]
            yield CATALOGUE["L109"].found(
                source, refs=refs, column=mentioned.code, contradicting=contradicting, **counts, **variant
            )
        elif row["column"] == "point":
            refs = [context.column(source, "lon"), context.column(source, "lat")]
            shift = {"east": int(row["dx"]), "north": int(row["dy"])}
            yield CATALOGUE["L115"].found(source, refs=refs, **shift, **counts, **variant)
        else:
            refs = [context.column(source, "community_name")]
            yield CATALOGUE["L116"].found(source, refs=refs, **counts, **variant)


def _strange_columns(context: _Context, frame: pd.DataFrame) -> Rows:
    """Yield the columns of which nothing at all was linked although they name many things."""
    heads = frame[frame["rank"] == 1].drop_duplicates(["record", "field", "position"])
    for _, group in heads.groupby(_column(heads)):
        if len(group) < STRANGE or group["accepted"].any():
            continue
        first, field = group["record"].iloc[0], group["field"].iloc[0]
        column = _COLUMNS.get((context.kind(first), field))
        if column is None:
            continue
        source = first.rpartition("!")[0]
        found: dict[str, Any] = {"column": column.name, "source": source, "count": len(group)}
        most = group["mention"].value_counts()
        refs = [context.column(source, column.name)]
        if most.iloc[0] >= ALL_ALIKE * len(group):
            name = str(most.index[0])
            yield CATALOGUE["L121"].found(source, refs=refs, variant="same", name=name, n=int(most.iloc[0]), **found)
        elif (group["code"] == "").mean() >= ALL_ALIKE:
            yield CATALOGUE["L121"].found(source, refs=refs, **found)


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


def _decisions(context: _Context, links: Links) -> Rows:
    """Yield the decisions of persons that could not be used, or that nothing asks for."""
    rows = links.decisions
    for row in rows[rows["state"] != "used"].to_dict("records"):
        mention = row["mention"] or row["key"]
        where = [context.cell(row["record"], row["field"])] if row["record"] else []
        refs = [row["ref"], *where]
        if row["state"] == "unseen":
            yield CATALOGUE["L118"].found(row["key"], refs=refs, mention=mention)
        elif row["state"] == "expired":
            yield CATALOGUE["L119"].found(row["key"], refs=refs, mention=mention, date=row["expires"])
        elif row["state"] == "single":
            n = len(targets_of(row["target"]))
            yield CATALOGUE["L117"].found(row["key"], refs=refs, variant="single", mention=mention, n=n)
        else:
            yield CATALOGUE["L117"].found(row["key"], refs=refs, mention=mention, target=row["target"])
