"""Two versions of a boundary layer compared, for people and for programs: lines, tables of a workbook, JSON."""

from __future__ import annotations

import datetime as dt
import math
from typing import TYPE_CHECKING, Any, Final

import pandas as pd

from gridkit.locale import N_
from gridkit.locale import gettext as _
from gridkit.reports import words
from gridkit.reports.book import whole_book
from gridkit.reports.sheet import RowSheet
from gridkit.reports.tables import Column, Table
from gridkit.reports.values import Share
from gridkit.reports.xlsx import Styles, add_table, page, put, sheet_title
from gridkit.topology.changes import BOUNDARY, DRAWING, KINDS, RECORD

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path

    from gridkit.model.boundaries import LayerDiff

SCHEMA: Final = "gridkit-diff-layers/1"
SHOWN: Final = 20
"""Events of one kind that the terminal shows; the files and --json have all."""
NAMED: Final = 6
"""Units of one event that a line names."""
EVENT_WORDS: Final[Mapping[str, str]] = {
    "split": N_("split"),
    "merged": N_("merged"),
    "rearranged": N_("rearranged"),
    "border_moved": N_("border moved"),
    "new": N_("new"),
    "abolished": N_("abolished"),
    "transferred": N_("transferred to another parent"),
    "renamed": N_("renamed"),
    "recoded": N_("given another code"),
    "redigitised": N_("drawn anew"),
    "same": N_("unchanged"),
}
KIND_WORDS: Final[Mapping[str, str]] = {
    BOUNDARY: N_("Changes of boundaries"),
    RECORD: N_("Other names, codes, parents"),
    DRAWING: N_("No change but in the drawing"),
}
_SHORT_KINDS: Final[Mapping[str, str]] = {
    BOUNDARY: N_("boundary"), RECORD: N_("name, code, parent"), DRAWING: N_("drawing"),
}  # fmt: skip
_GEOMETRY_WORDS: Final[Mapping[str, str]] = {
    "equal": N_("same borders"),
    "near": N_("borders within the tolerance"),
    "overlap": N_("shared ground"),
    "none": N_("no unit takes its place"),
    "unknown": N_("not compared: no polygon"),
}
_SAME_WORDS: Final[Mapping[str, str]] = {
    "same": N_("the same"),
    "other": N_("another"),
    "elsewhere": N_("in use elsewhere"),
    "": N_("not known"),
}


def event_word(event: str) -> str:
    """Return what an event is called."""
    return _(EVENT_WORDS[event])


def unit_words(codes: Sequence[str], names: Mapping[str, str]) -> str:
    """Return units by name and code, the first ones written out."""
    shown = [
        _("{name} ({code})").format(name=names[code], code=code) if names.get(code) else code for code in codes[:NAMED]
    ]
    if len(codes) > NAMED:
        shown.append(_("… and {n} more").format(n=len(codes) - NAMED))
    return _(", ").join(shown)


def area_words(area: float) -> str:
    """Return an area in square metres, from 100,000 on in square kilometres."""
    if math.isnan(area):
        return ""
    if area >= 100_000:
        return _("{n} km²").format(n=f"{area / 1e6:,.3f}")
    return _("{n} m²").format(n=f"{area:,.0f}" if area >= 10 else f"{area:,.2f}")


def evidence_words(diff: LayerDiff, evidence: Mapping[str, Any]) -> str:
    """Return in words what an event rests on."""
    said = [_("borders: {what}").format(what=_(_GEOMETRY_WORDS[evidence["geometry"]]))]
    labels = {"code": N_("code: {what}"), "name": N_("name: {what}"), "parent": N_("parent: {what}")}
    said += [
        _(labels[key]).format(what=_(_SAME_WORDS[evidence[key]])) for key in labels if evidence.get(key) is not None
    ]
    if "members" in evidence:
        members = _("compounds: {both} in both, {old} only before, {new} only after")
        said.append(members.format(**evidence["members"]))
    if "width_m" in evidence:
        said.append(_("mean width of the strips {n} m").format(n=f"{evidence['width_m']:,.2f}"))
    if evidence.get("outside_m2"):
        said.append(_("{area} of ground that no other unit has").format(area=area_words(evidence["outside_m2"])))
    for key, text, names in (
        ("gained_from", N_("from {units}"), diff.names_old), ("lost_to", N_("to {units}"), diff.names_new)
    ):  # fmt: skip
        if evidence.get(key):
            shown = [
                f"{unit_words([code], names)} {area_words(area)}"
                for code, area in sorted(evidence[key].items())[:NAMED]
            ]
            said.append(_(text).format(units=_(", ").join(shown)))
    return _("; ").join(said)


def only_outside(row: Mapping[str, Any]) -> bool:
    """Tell whether a border moved only at the outer edge of the layer or at a gap: no unit gave ground to another."""
    evidence = row["evidence"]
    between = [*evidence.get("lost_to", {}).values(), *evidence.get("gained_from", {}).values()]
    return bool(row["event"] == "border_moved" and sum(between) <= 0.01 * row["area_m2"])


def _between_units_first(events: pd.DataFrame) -> pd.DataFrame:
    """Return events with the borders that moved only at ground of nobody after all others."""
    last = [only_outside(row) for row in events.to_dict("records")]
    return pd.concat([events[[not one for one in last]], events[last]]) if any(last) else events


def _line(diff: LayerDiff, row: Mapping[str, Any]) -> str:
    old, new = unit_words(row["old"], diff.names_old), unit_words(row["new"], diff.names_new)
    event = event_word(row["event"])
    if row["event"] in ("new", "abolished"):
        said = _("{event}: {unit}").format(event=event, unit=old or new)
    elif row["event"] == "transferred":
        said = _("{event}: {unit}, from {old} to {new}").format(
            event=event, unit=new, old=row["evidence"]["old_parent"], new=row["evidence"]["new_parent"]
        )
    elif row["event"] == "border_moved" and row["old"] == row["new"]:
        said = _("{event}: {unit}").format(event=event, unit=new)
    else:
        said = _("{event}: {old} → {new}").format(event=event, old=old, new=new)
    facts = [area_words(row["area_m2"])] if KINDS[row["event"]] == BOUNDARY else []
    if not pd.isna(row["households"]) and KINDS[row["event"]] == BOUNDARY:
        facts.append(_("{n} households").format(n=f"{int(row['households']):,}"))
    if only_outside(row):
        facts.append(_("at ground that no unit has"))
    facts = [fact for fact in facts if fact]
    return said + (_(" [{facts}]").format(facts=_(", ").join(facts)) if facts else "")


def layer_notes(diff: LayerDiff) -> list[str]:
    """Return what has to be known of the comparison, in words."""
    return [_(template).format(**values) for template, values in diff.notes]


def layer_lines(diff: LayerDiff) -> Iterator[str]:
    """Yield what became of the units as lines of a terminal, the changes of boundaries first."""
    for note in layer_notes(diff):
        yield _("note: {text}").format(text=note)
    old, new = diff.units
    yield _("{old} ({n_old} units) → {new} ({n_new} units)").format(
        old=diff.old, n_old=f"{old:,}", new=diff.new, n_new=f"{new:,}"
    )
    counts = diff.events["event"].value_counts()
    for kind, title in KIND_WORDS.items():
        here = [event for event in KINDS if KINDS[event] == kind and counts.get(event, 0)]
        yield ""
        yield _("{title}: {n}").format(title=_(title), n=f"{sum(int(counts[event]) for event in here):,}")
        if here:
            said = [_("{event} {n}").format(event=event_word(event), n=f"{int(counts[event]):,}") for event in here]
            yield "  " + _(", ").join(said)
        outside = sum(map(only_outside, diff.events.to_dict("records"))) if kind == BOUNDARY else 0
        if outside:
            said_of = _("{n} of the moved borders moved only at ground that no unit has: the outer edge, or gaps")
            yield "  " + said_of.format(n=f"{outside:,}")
        if kind == DRAWING:
            continue
        rows = _between_units_first(diff.events[diff.events["event"].map(KINDS) == kind])
        for row in rows.head(SHOWN).to_dict("records"):
            yield "    " + _line(diff, row)
        if len(rows) > SHOWN:
            yield "    " + _("… and {n} more; -o FILE.xlsx, FILE.gpkg or --json has all").format(n=len(rows) - SHOWN)


def layer_tables(diff: LayerDiff) -> list[Table]:
    """Return events by kind and the crosswalk as tables; those without rows left out."""
    kinds = diff.events["event"].map(KINDS)
    tables = [_events(diff, diff.events[kinds == kind], kind) for kind in KIND_WORDS]
    return [table for table in (*tables, _crosswalk(diff)) if len(table)]


def _events(diff: LayerDiff, events: pd.DataFrame, kind: str) -> Table:
    columns = (
        Column("event", _("event"), 18),
        Column("old", _("unit before"), 34),
        Column("new", _("unit after"), 34),
        Column("area_m2", _("area (m²)"), 14, number=True),
        Column("share_old", _("share of the old area"), 12, number=True),
        Column("share_new", _("share of the new area"), 12, number=True),
        Column("households", _("households"), 12, number=True),
        Column("evidence", _("what it rests on"), 60),
        Column("old_codes", _("codes before"), 24),
        Column("new_codes", _("codes after"), 24),
    )
    rows = [
        (
            event_word(row["event"]), unit_words(row["old"], diff.names_old), unit_words(row["new"], diff.names_new),
            _real(row["area_m2"]), _share(row["share_old"]), _share(row["share_new"]), _whole(row["households"]),
            evidence_words(diff, row["evidence"]), _("; ").join(row["old"]), _("; ").join(row["new"]),
        )
        for row in _between_units_first(events).to_dict("records")
    ]  # fmt: skip
    return _table(kind, _(KIND_WORDS[kind]), columns, rows)


def _crosswalk(diff: LayerDiff) -> Table:
    columns = (
        Column("old", _("code before"), 22),
        Column("old_name", _("name before"), 22),
        Column("new", _("code after"), 22),
        Column("new_name", _("name after"), 22),
        Column("area_m2", _("shared area (m²)"), 16, number=True),
        Column("share_old", _("share of the old area"), 12, number=True),
        Column("share_new", _("share of the new area"), 12, number=True),
        Column("households", _("households"), 12, number=True),
        Column("household_share", _("share of the old households"), 14, number=True),
    )
    rows = [
        (
            row["old"], diff.names_old.get(row["old"], ""), row["new"], diff.names_new.get(row["new"], ""),
            _real(row["area_m2"]), _share(row["share_old"]), _share(row["share_new"]), _whole(row["households"]),
            _share(row["household_share"]),
        )
        for row in diff.crosswalk.to_dict("records")
    ]  # fmt: skip
    return _table("crosswalk", _("Crosswalk"), columns, rows)


def _table(key: str, title: str, columns: tuple[Column, ...], rows: list[tuple[Any, ...]]) -> Table:
    return Table(key, title, columns, pd.DataFrame(rows, columns=[one.key for one in columns], dtype=object))


def _share(value: float) -> Share | None:
    return None if pd.isna(value) else Share(value)


def _real(value: float) -> float | None:
    return None if pd.isna(value) else round(float(value), 2)


def _whole(value: Any) -> int | None:
    return None if pd.isna(value) else int(value)


def layer_document(diff: LayerDiff) -> dict[str, Any]:
    """Return everything but the shapes as plain values."""
    counts = diff.events["event"].value_counts()
    return {
        "schema": SCHEMA,
        "old": diff.old,
        "new": diff.new,
        "level": diff.level,
        "tolerance_m": diff.tolerance,
        "units": {"old": diff.units[0], "new": diff.units[1]},
        "counts": {event: int(counts.get(event, 0)) for event in KINDS},
        "kinds": dict(KINDS),
        "notes": layer_notes(diff),
        "events": [
            {"kind": KINDS[row["event"]], **{name: _plain(value) for name, value in row.items() if name != "geometry"}}
            for row in diff.events.to_dict("records")
        ],
        "crosswalk": [
            {name: _plain(value) for name, value in row.items()} for row in diff.crosswalk.to_dict("records")
        ],
    }


def _plain(value: Any) -> Any:
    if isinstance(value, tuple):
        return list(value)
    if isinstance(value, dict):
        return {key: _plain(one) for key, one in value.items()}
    if isinstance(value, str):
        return value
    if pd.isna(value):
        return None
    return round(float(value), 6) if isinstance(value, float) else int(value)


def kind_word(event: str) -> str:
    """Return what an event changes, in words."""
    return _(_SHORT_KINDS[KINDS[event]])


def write_layers_xlsx(diff: LayerDiff, path: Path) -> None:
    """Write a workbook: a summary, the events by kind, the crosswalk; the same bytes for the same two files.

    Raises
    ------
    gridkit.errors.OutputError
        The file cannot be written.
    """
    with whole_book(path) as book:
        title = _("Two versions of a layer compared: {level}").format(level=words.table_label(diff.level))
        book.set_properties({"title": title, "author": "gridkit", "created": dt.datetime(1980, 1, 1)})
        styles = Styles(book)
        sheet = book.add_worksheet(sheet_title(_("Summary")), worksheet_class=RowSheet)
        sheet.set_column(0, 0, 110)
        for row, line in enumerate(layer_lines(diff)):
            put(sheet, row, 0, line, styles)
        page(sheet)
        for table in layer_tables(diff):
            add_table(book, table, styles)
