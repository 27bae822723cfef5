"""``filing.xlsx`` and the CSV files of a filing: cover, codes, relations, edits, findings and what is to be decided."""

from __future__ import annotations

import csv
import datetime as dt
import io
from typing import TYPE_CHECKING, Any, Final

import pandas as pd

from gridkit.grids.propose import REPORT_COLUMNS
from gridkit.io.privacy import mask
from gridkit.locale import gettext as _
from gridkit.model.findings import SEVERITIES
from gridkit.model.plan import LEDGER_COLUMNS, RELATION_COLUMNS
from gridkit.reports import filing_words, words
from gridkit.reports.book import whole_book
from gridkit.reports.filing import TO_LOOK_AT, community_rows, outside_rows, sizes
from gridkit.reports.repair_files import text_file
from gridkit.reports.sheet import RowSheet
from gridkit.reports.tables import Column, Table, table
from gridkit.reports.values import Share
from gridkit.reports.xlsx import FORMULA_START, Styles, add_table, page, put, sheet_title, table_rows, text_of
from gridkit.rules import CATALOGUE

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path

    from xlsxwriter.workbook import Workbook

    from gridkit.reports.filing import Carried, Filing

CODE_COLUMNS: Final = (
    "code", "name", "kind", "community", "households", "persons", "area_m2", "valid_from", "uid",
)  # fmt: skip
"""Columns of ``codes.csv``."""
_EPOCH: Final = dt.datetime(1980, 1, 1)
_COUNTED: Final = ("drawn", "others", "households", "least", "mean", "most")
_WIDTHS: Final = (26, 44, 18, 18, 12, 12, 14, 12, 12)


def write_filing_xlsx(filing: Filing, path: Path) -> None:
    """Write the workbook in the current language; codes are text, and equal filings give equal bytes.

    Raises
    ------
    gridkit.errors.OutputError
        The file cannot be written.
    """
    with whole_book(path) as book:
        book.set_properties({"title": text_of(filing.title), "author": "gridkit", "created": _created(filing)})
        styles = Styles(book)
        _cover(book, filing, styles)
        for one in tables(filing):
            add_table(book, one, styles)


def _created(filing: Filing) -> dt.datetime:
    try:
        return dt.datetime.combine(dt.date.fromisoformat(filing.terms.date), dt.time())
    except ValueError:
        return _EPOCH


def tables(filing: Filing) -> list[Table]:
    """Return the sheets after the cover."""
    return [
        code_table(filing), relation_table(filing), change_table(filing), finding_table(filing), decision_table(filing)
    ]  # fmt: skip


# ---- the cover


def _cover(book: Workbook, filing: Filing, styles: Styles) -> None:
    sheet = book.add_worksheet(sheet_title(_("Cover")), worksheet_class=RowSheet)
    for col, width in enumerate(_WIDTHS):
        sheet.set_column(col, col, width)
    sheet.set_row(0, 26)
    sheet.write_string(0, 0, text_of(filing.title), styles.title)
    row = 2
    for key, value in facts(filing):
        sheet.write_string(row, 0, key, styles.key)
        put(sheet, row, 1, value, styles)
        row += 1
    for block in (community_table(filing), outside_table(filing), exclusive_table(filing)):
        row += 1
        said = block.title if len(block) else _("{title}: none").format(title=block.title)
        sheet.write_string(row, 0, text_of(said), styles.subtitle)
        row = table_rows(sheet, block, row + 1, styles) if len(block) else row + 1
    row += 1
    for line in signatures():
        row += 1
        sheet.set_row(row, 24)
        sheet.write_string(row, 0, line, styles.key)
        sheet.write_string(row, 1, "_" * 24, styles.plain)
    page(sheet)


def signatures() -> list[str]:
    """Return what is written before the lines to be signed."""
    return [_("Prepared by (seal):"), _("Drawn up by:"), _("Reviewed by:"), _("Approved by:"), _("Date:")]


def facts(filing: Filing) -> list[tuple[str, Any]]:
    """Return the lines under the title: what, since when, by what rule, how much in the band."""
    terms, plan, rows = filing.terms, filing.plan, community_rows(filing)
    total = rows[-1]
    counts = filing.findings.frame["severity"].value_counts()
    found = [(_("errors"), "error"), (_("warnings"), "warning"), (_("notices"), "notice")]
    share = f" ({total['inside'] / total['drawn']:.1%})" if total["drawn"] else ""
    scheme, policy = terms.scheme, terms.policy
    return [
        (_("Valid from"), terms.date or "—"),
        (_("Document"), terms.doc_no or "—"),
        (_("Scheme of codes"), scheme),
        (_("Codes go on by"), _("majority of households") if policy == "majority" else _("unchanged land only")),
        (_("Communities"), len(rows) - 1),
        (_("Grids"), len(plan)),
        (_("Comprehensive grids in the band"), f"{total['inside']}/{total['drawn']}{share}"),
        (_("Households"), total["households"]),
        (_("Edits in the log"), len(filing.log)),
        (_("Hash of the last edit"), filing.log.head if len(filing.log) else "—"),
        (_("Check"), _(", ").join(f"{word} {int(counts.get(key, 0))}" for word, key in found)),
        (_("Coordinate system"), str(plan.atoms.frame.crs.to_string() if plan.atoms.frame.crs else "—")),
    ]  # fmt: skip


def community_table(filing: Filing) -> Table:
    """Return the grids of each community: how many, smallest, mean and largest, how many in the band."""
    columns = [
        Column("community", _("community"), 30),
        Column("band", _("band"), 18),
        Column("drawn", _("comprehensive grids"), 12, number=True),
        Column("others", _("other grids"), 12, number=True),
        Column("households", _("households"), 12, number=True),
        Column("least", _("smallest"), 10, number=True),
        Column("mean", _("mean"), 10, number=True),
        Column("most", _("largest"), 10, number=True),
        Column("inside", _("in the band"), 12),
    ]
    rows = community_rows(filing)
    data: dict[str, Any] = {key: [row[key] for row in rows] for key in _COUNTED}
    data["community"] = [filing.community(row["community"]) if row["community"] else _("all") for row in rows]
    data["inside"] = [f"{row['inside']}/{row['drawn']}" for row in rows]
    data["band"] = [_band(row) if row["community"] else "" for row in rows]
    return table("communities", _("Communities"), columns, data)


def _band(row: dict[str, Any]) -> str:
    return f"{row['low']}–{row['high']} {words.labelled(filing_words.MEASURES, row['measure'])}"


def outside_table(filing: Filing) -> Table:
    """Return the grids outside the band with the reason."""
    columns = [
        Column("code", _("code"), 22), Column("why", _("reason"), 44), Column("name", _("name"), 18),
        Column("community", _("community"), 18), Column("size", _("size"), 10, number=True),
        Column("off", _("outside by"), 10, number=True), Column("band", _("band"), 14),
    ]  # fmt: skip
    rows = outside_rows(filing)
    data = {
        "code": [row["code"] for row in rows], "name": [filing_words.short(str(row["name"])) for row in rows],
        "community": [filing.community(str(row["community"])) for row in rows],
        "size": [int(row["size"]) for row in rows], "off": [int(row["outside"]) for row in rows],
        "band": [_band(row) for row in rows], "why": [row["why"] for row in rows],
    }  # fmt: skip
    return table("outside", _("Grids outside the band"), columns, data)


def exclusive_table(filing: Filing) -> Table:
    """Return the exclusive grids."""
    frame = sizes(filing.plan)
    frame = frame[frame["kind"] == "exclusive"]
    columns = [
        Column("code", _("code"), 22), Column("name", _("name"), 20), Column("community", _("community"), 20),
        Column("households", _("households"), 10, number=True), Column("area", _("area (m²)"), 12, number=True),
    ]  # fmt: skip
    data = {
        "code": frame["code"].astype(str).tolist(),
        "name": [filing_words.short(str(name)) for name in frame["name"]],
        "community": [filing.community(str(code)) for code in frame["community"]],
        "households": frame["households"].astype(int).tolist(),
        "area": [round(float(area), 2) for area in frame["area"]],
    }
    return table("exclusive", _("Exclusive grids"), columns, data)


# ---- the other sheets


def code_rows(filing: Filing) -> list[tuple[Any, ...]]:
    """Return ``CODE_COLUMNS`` of every grid, sorted by code."""
    return [
        (str(row["code"]), str(row["name"]), str(row["kind"]), str(row["community"]), int(row["households"]),
         int(row["persons"]), round(float(row["area"]), 2), str(row["valid_from"]), str(row["uid"]))
        for row in sizes(filing.plan).to_dict("records")
    ]  # fmt: skip


def code_table(filing: Filing) -> Table:
    """Return the table of codes."""
    headings = (_("code"), _("name"), _("kind"), _("community"), _("households"), _("persons"), _("area (m²)"),
                _("valid from"), _("uid"))  # fmt: skip
    widths = (22, 24, 14, 24, 11, 11, 14, 12, 26)
    columns = [Column(key, said, wide) for key, said, wide in zip(CODE_COLUMNS, headings, widths, strict=True)]
    rows = code_rows(filing)
    data: dict[str, Any] = {key: [row[at] for row in rows] for at, key in enumerate(CODE_COLUMNS)}
    data["kind"] = [words.labelled(filing_words.KINDS, kind) for kind in data["kind"]]
    data["community"] = [filing.community(code) for code in data["community"]]
    return table("codes", _("Codes of grids"), columns, data)


def relation_rows(filing: Filing) -> list[dict[str, Any]]:
    """Return the relations with codes instead of uids (the uid where there is no code), sorted by code."""
    new = filing.plan.grids["code"].astype(str)
    old = filing.before.grids["code"].astype(str) if filing.before is not None else new.iloc[:0]
    rows = [
        {**row, "grid_old": old.get(row["grid_old"], "") or row["grid_old"],
         "grid_new": new.get(row["grid_new"], "") or row["grid_new"]}
        for row in filing.lineage.relations.to_dict("records")
    ]  # fmt: skip
    return sorted(rows, key=lambda row: (row["grid_old"], row["grid_new"]))


def relation_table(filing: Filing) -> Table:
    """Return the relationship file as a sheet."""
    headings = (
        _("old code"), _("new code"), _("households, old grid"), _("households, new grid"), _("households in both"),
        _("area in both (m²)"), _("part of the old grid"), _("part of the new grid"), _("share of the old grid"),
        _("what became of it"),
    )  # fmt: skip
    widths = (22, 22, 12, 12, 12, 14, 10, 10, 12, 16)
    columns = [Column(key, said, wide) for key, said, wide in zip(RELATION_COLUMNS, headings, widths, strict=True)]
    rows = relation_rows(filing)
    data: dict[str, Any] = {key: [_plain(row[key]) for row in rows] for key in RELATION_COLUMNS}
    data["weight"] = [Share(weight) for weight in data["weight"]]
    data["relation"] = [words.labelled(filing_words.RELATIONS, one) for one in data["relation"]]
    return table("relationship", _("Old and new grids"), columns, data)


def _plain(value: Any) -> Any:
    return value.item() if hasattr(value, "item") else value


def change_table(filing: Filing) -> Table:
    """Return the log of edits in words; the file ``edits.jsonl`` proves it."""
    columns = [
        Column("seq", _("no."), 6, number=True), Column("time", _("time"), 27), Column("user", _("user"), 14),
        Column("what", _("what was done"), 46), Column("reason", _("reason"), 40), Column("doc_no", _("document"), 20),
        Column("hash", _("hash"), 68),
    ]  # fmt: skip
    edits = filing.log.edits
    data = {
        "seq": [edit.seq for edit in edits], "time": [edit.time for edit in edits],
        "user": [mask(edit.user) for edit in edits],
        "what": [filing_words.edit_words(edit, filing.called) for edit in edits],
        "reason": [mask(edit.reason) for edit in edits], "doc_no": [edit.doc_no for edit in edits],
        "hash": [edit.hash for edit in edits],
    }  # fmt: skip
    return table("changes", _("Change log"), columns, data)


def finding_table(filing: Filing) -> Table:
    """Return what the check found, errors first."""
    frame = filing.findings.frame
    rank = frame["severity"].map({name: at for at, name in enumerate(SEVERITIES)})
    frame = frame.assign(rank=rank).sort_values(["rank", "code", "subject"], kind="stable")
    columns = [
        Column("code", _("rule"), 8), Column("severity", _("severity"), 10), Column("title", _("what"), 26),
        Column("about", _("grid or place"), 30), Column("said", _("finding"), 70),
        Column("remedy", _("what to do"), 50),
        Column("lon", _("longitude"), 12, number=True), Column("lat", _("latitude"), 12, number=True),
    ]  # fmt: skip
    rows = frame.to_dict("records")
    rules = [CATALOGUE[row["code"]] for row in rows]
    data = {
        "code": [row["code"] for row in rows], "severity": [words.severity(row["severity"]) for row in rows],
        "title": [words.rule_title(row["code"]) for row in rows],
        "about": [filing.called(str(row["subject"])) for row in rows],
        "said": [words.finding_sentence(row["code"], row["params"]) for row in rows],
        "remedy": [_(rule.remedy) for rule in rules],
        "lon": [_degrees(row["lon"]) for row in rows], "lat": [_degrees(row["lat"]) for row in rows],
    }  # fmt: skip
    return table("findings", _("Check of the plan"), columns, data)


def _degrees(value: float) -> str:
    return "" if value != value else f"{value:.6f}"  # noqa: PLR0124 - NaN


def decision_table(filing: Filing) -> Table:
    """Return the rows of registries whose grid was split or whose code is unknown, those to be decided first."""
    columns = [
        Column("registry", _("registry"), 26), Column("row", _("row"), 8, number=True),
        Column("old", _("old code"), 22), Column("new", _("code to use"), 22),
        Column("outcome", _("outcome"), 40), Column("weight", _("share of households"), 12),
        Column("candidates", _("other candidates"), 44), Column("decision", _("decision (fill in)"), 22),
    ]  # fmt: skip
    rows: list[dict[str, Any]] = []
    for one in filing.registries:
        for number, code, home in zip(one.table.rows, one.table.codes, one.homes.to_dict("records"), strict=True):
            if home["outcome"] in TO_LOOK_AT:
                rows.append({"registry": one.table.name, "row": number, "old": code, "home": home})
    rows.sort(key=lambda row: (row["home"]["outcome"] == "majority", row["registry"], row["row"]))
    homes = [row["home"] for row in rows]
    data = {
        **{key: [row[key] for row in rows] for key in ("registry", "row", "old")},
        "new": [home["code"] for home in homes],
        "outcome": [words.labelled(filing_words.OUTCOMES, home["outcome"]) for home in homes],
        "weight": [f"{home['weight']:.1%}" if home["weight"] else "" for home in homes],
        "candidates": [home["candidates"] for home in homes], "decision": [""] * len(homes),
    }  # fmt: skip
    return table("decisions", _("To be decided"), columns, data)


# ---- CSV files and registries


def write_codes_csv(filing: Filing, path: Path) -> None:
    """Write ``CODE_COLUMNS`` of every grid."""
    write_csv(path, CODE_COLUMNS, code_rows(filing))


def write_relationship_csv(filing: Filing, path: Path) -> None:
    """Write ``RELATION_COLUMNS`` with codes."""
    write_csv(path, RELATION_COLUMNS, ([row[key] for key in RELATION_COLUMNS] for row in relation_rows(filing)))


def write_ledger_csv(filing: Filing, path: Path) -> None:
    """Write ``LEDGER_COLUMNS``: every code that was ever issued."""
    frame = filing.lineage.ledger.sort_values("code")[list(LEDGER_COLUMNS)].fillna("")
    write_csv(path, LEDGER_COLUMNS, frame.itertuples(index=False, name=None))


def write_proposal_csv(filing: Filing, path: Path) -> None:
    """Write how good the grids were when they were proposed; only the heads where they were not."""
    columns = list(REPORT_COLUMNS)
    frame = pd.DataFrame(columns=columns) if filing.proposed is None else filing.proposed[columns]
    write_csv(path, REPORT_COLUMNS, frame.itertuples(index=False, name=None))


def write_csv(path: Path, heads: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
    r"""Write UTF-8 with a mark, so that spreadsheet programs know it, and no text that they take for a formula."""
    stream = io.StringIO()
    book = csv.writer(stream, lineterminator="\r\n")
    book.writerow([_guarded(head) for head in heads])
    book.writerows([_guarded(value) for value in row] for row in rows)
    text_file(path, ["\ufeff", stream.getvalue()])


def _guarded(value: Any) -> Any:
    if isinstance(value, str):
        return f"'{value}" if value.lstrip().startswith(FORMULA_START) else value.replace("\0", "\ufffd")
    return _plain(value)


def registry_table(one: Carried) -> Table:
    """Return a registry with the new code in its column, the old one beside it, and what became of each row."""
    found = one.table
    heads = [*found.headers, _("old code of the grid"), _("outcome"), _("other candidates")]
    columns = [Column(f"c{at}", head, 20) for at, head in enumerate(heads)]
    homes = one.homes
    cells = [list(column) for column in zip(*found.cells, strict=True)] or [[] for _head in found.headers]
    old = cells[found.at]
    cells[found.at] = homes["code"].astype(str).tolist()
    outcome = [words.labelled(filing_words.OUTCOMES, one) for one in homes["outcome"]]
    data = [*cells, old, outcome, homes["candidates"].astype(str).tolist()]
    return table("registry", found.name, columns, {f"c{at}": values for at, values in enumerate(data)})


def write_registry(parts: Sequence[Carried], path: Path) -> None:
    """Write a registry that was carried over: all its tables as sheets, or its one table as CSV by the path's ending.

    Raises
    ------
    gridkit.errors.OutputError
        The file cannot be written.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    if path.suffix == ".csv":
        one = registry_table(parts[0])
        write_csv(path, [column.heading for column in one.columns], one.frame.itertuples(index=False, name=None))
        return
    with whole_book(path) as book:
        book.set_properties({"title": text_of(path.stem), "author": "gridkit", "created": _EPOCH})
        styles = Styles(book)
        for number, part in enumerate(parts, start=1):
            one = registry_table(part)
            add_table(book, Table(f"r{number}", f"{number} {one.title.rpartition('!')[2]}", one.columns, one.frame),
                      styles)  # fmt: skip
