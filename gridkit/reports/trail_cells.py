"""From ids to cells: where in the files the things behind a figure stand."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from gridkit.model.fields import COMMUNITY, COMPOUND, GRID, STREET

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    import pandas as pd

    from gridkit.model import Run, Source

KEY_FIELDS: Final[Mapping[str, tuple[str, ...]]] = {
    "branches": ("name", "branch_kind", "covers", "branch_status", "term_end", "formal_members", "members"),
    "compounds": ("name", "compound_type", "households", "formal_members", "eligible", "coverage_claimed"),
    "units": ("name", "unit_kind", "party_org"),
    "premises": ("unit_name", "compound_name", "premises_kind"),
    "pairings": ("unit_name", "target_name", "agreement_on"),
    "property_companies": ("name", "party_form", "members", "eligible"),
    "property_service": ("company_name", "compound_name"),
    "owners_committees": ("compound_name", "body_kind", "members", "party_members"),
    "service_points": ("name", "service_level"),
    "ledgers": ("item", "ledger_kind", "promised_on", "resolved_on"),
    "codes": ("code", "name"),
    STREET: ("code", "name"),
    COMMUNITY: ("code", "name", "community_type"),
    GRID: ("code", "name", "grid_kind", "households"),
    COMPOUND: ("code", "name", "compound_type", "households"),
}
"""The fields of each registry and layer that figures rest on; their cells are shown, as far as the file has them."""

ORDER: Final = (COMPOUND, GRID, COMMUNITY, STREET)
"""In this order a code is looked for in the layers."""


def source_fields(source: Source) -> tuple[str, ...]:
    """Return the key fields that a file has a column for; empty for a kind that nothing counts."""
    return tuple(name for name in KEY_FIELDS.get(source.kind, ()) if name in source.columns)


class Finder:
    """The things of one run by id: where each stands."""

    def __init__(self, run: Run) -> None:
        self.run = run
        self._findings: dict[str, pd.DataFrame] = {}
        self.sources = {source.name: source for source in run.city.sources}
        self.layers = [(level, run.city.layers[level].frame) for level in ORDER if level in run.city.layers]
        self.rows = {
            row: (source, number)
            for registry in run.city.registries.values()
            for row, source, number in zip(
                registry.frame.index.tolist(), registry.frame["src"].tolist(), registry.frame["row"].tolist(),
                strict=True,
            )
        }  # fmt: skip
        self.rows |= {
            row: (source, number)
            for frame in run.city.pending.values()
            for row, source, number in zip(frame.index.tolist(), frame["src"].tolist(), frame["row"].tolist(),
                                           strict=True)
        }  # fmt: skip

    def thing(self, ident: str) -> tuple[str, int, str] | None:
        """Return source name, row and level (empty for a record) of a thing; None for none that is known."""
        if ident in self.rows:
            return (*self.rows[ident], "")
        for level, frame in self.layers:
            if ident in frame.index:
                row = frame.loc[ident]
                return str(row["src"]), int(row["row"]), level
        src, _, number = ident.rpartition("!")
        return (src, int(number), "") if src in self.sources and number.isdigit() else None

    def place(self, src: str, row: int) -> list[str]:
        """Return the key cells of a row; the row itself where the file has no columns that are known."""
        source = self.sources.get(src)
        if source is None:
            return [f"{src}!{row}"]
        return [source.cell(row, name) for name in source_fields(source)] or [source.row_id(row)]

    def finding(self, ident: str) -> tuple[str, tuple[str, ...]] | None:
        """Return subject and cells of a finding such as ``C101#3``; None where the text is no finding."""
        code, mark, number = ident.rpartition("#")
        if not mark or not number.isdigit():
            return None
        if code not in self._findings:
            self._findings[code] = self.run.findings.with_code(code)
        rows = self._findings[code]
        if int(number) >= len(rows):
            return None
        row = rows.iloc[int(number)]
        return str(row["subject"]), tuple(row["refs"])

    def origins(self, ident: str) -> list[str]:
        """Return the row ids that gave a compound its attributes, without its own layer."""
        origin = self.run.attributes.origin
        if ident not in origin.index:
            return []
        return sorted({row for row in origin.loc[ident].tolist() if row in self.rows})


def cells_of(run: Run, ids: Iterable[str]) -> dict[str, tuple[str, ...]]:
    """Return, per id, the cells ``file!sheet!A1`` (``layer!row.field`` of a vector file) that it stands in.

    A compound stands in its layer, in the registry rows that gave it attributes, in the evidence of its coverage and
    in the rows that cover it; a record in its key columns; a finding in the cells that it names.

    Examples
    --------
    >>> from tests.reports import sample
    >>> cells_of(sample.run(), ["branches.xlsx!Sheet1!3"])["branches.xlsx!Sheet1!3"][0]
    'branches.xlsx!Sheet1!B3'
    """
    finder = Finder(run)
    return {ident: tuple(dict.fromkeys(_cells(finder, ident))) for ident in ids}


def _cells(finder: Finder, ident: str) -> list[str]:
    found = finder.finding(ident)
    if found is not None:
        subject, refs = found
        # A finding about a whole file names the file.
        return list(refs) or ([subject] if subject in finder.sources else _cells_of_thing(finder, subject))
    return _cells_of_thing(finder, ident)


def _cells_of_thing(finder: Finder, ident: str) -> list[str]:
    at = finder.thing(ident)
    if at is None:
        return []
    cells = finder.place(at[0], at[1])
    if at[2] == COMPOUND:
        for record in finder.origins(ident):
            cells += finder.place(*finder.rows[record])
        cover = finder.run.coverage.frame
        if ident in cover.index:
            row = cover.loc[ident]
            cells += row["refs"]
            for record in (*row["via"], *row["open_via"]):
                if record in finder.rows:
                    cells += finder.place(*finder.rows[record])
    return cells
