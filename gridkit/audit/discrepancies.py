"""Findings A231-A239: what two tellings of one figure differ in, with the cells of both."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from gridkit.model import Findings
from gridkit.rules import CATALOGUE

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

    import pandas as pd

    Cell = Callable[[str, str], str]

SHOWN: Final = 50
"""Cells that one finding names; all rows stand in the table of differences."""
_SINGLE: Final = {"twice": "A232", "only": "A231", "reclassified": "A234", "moved_out": "A235", "renamed": "A237"}


def find_discrepancies(
    differences: pd.DataFrame, bridge: pd.DataFrame, *, labels: tuple[str, str], names: Mapping[str, str], cell: Cell
) -> Findings:
    """Return the findings of one comparison.

    Parameters
    ----------
    differences, bridge : pandas.DataFrame
        From :func:`gridkit.audit.reconcile.reconcile`.
    labels : tuple of str
        Who tells a, and who b.
    names : Mapping[str, str]
        Code of a thing -> what to call it.
    cell : callable
        Row id and field -> cell.
    """
    told = _Told(labels, names, cell)
    rows = differences.to_dict("records")
    found = [*told.single(rows), *told.numbers(rows), *told.totals(bridge)]
    return Findings.of(found)


def _sided(kind: str) -> tuple[str, str]:
    """Return a kind of difference without its side, and the side."""
    return (kind[:-2], kind[-1]) if kind[-2:] in ("_a", "_b") else (kind, "a")


class _Told:
    def __init__(self, labels: tuple[str, str], names: Mapping[str, str], cell: Cell) -> None:
        self._labels, self._names, self._cell = labels, names, cell

    def _said(self, name: str, side: str) -> dict[str, Any]:
        here, there = self._labels if side == "a" else self._labels[::-1]
        return {"comparison": name, "here": here, "there": there}

    def _refs(self, rows: Iterable[Mapping[str, Any]], field: str) -> list[str]:
        cells = [self._cell(record, field) for row in rows for record in (*row["a_records"], *row["b_records"])]
        return list(dict.fromkeys(cells))[:SHOWN]

    def single(self, rows: Iterable[Mapping[str, Any]]) -> Iterator[dict[str, Any]]:
        """Yield one finding per thing that is not told the same."""
        for row in rows:
            kind, side = _sided(row["kind"])
            said = self._said(row["name"], side)
            refs = self._refs([row], row["field"] if kind in ("reclassified", "moved_out", "renamed") else "")
            thing = row["code"]
            if kind == "unlinked":
                yield CATALOGUE["A238"].found(row[f"{side}_records"][0], refs=refs, **said)
                continue
            if kind == "merged":
                parts = thing.split(",")
                names = "、".join(self._names.get(part, part) for part in parts)
                yield CATALOGUE["A233"].found(parts[0], refs=refs, n=len(parts), names=names, **said)
                continue
            if kind not in _SINGLE:
                continue
            said["name"] = self._names.get(thing, thing)
            if kind == "only" and row["field"] == "open":
                said["variant"] = "open"
            elif kind == "twice":
                said["n"] = int(row[side])
            elif kind in ("reclassified", "renamed"):
                said |= {"field": row["field"], "column": row["field"], "value_a": row["a"], "value_b": row["b"]}
            elif kind == "moved_out":
                # it counts on the other side, and is listed here
                said |= self._said(row["name"], "b" if side == "a" else "a")
                said |= {"field": row["field"], "column": row["field"], "value_b": row[side]}
            yield CATALOGUE[_SINGLE[kind]].found(thing, refs=refs, **said)

    def numbers(self, rows: Iterable[Mapping[str, Any]]) -> Iterator[dict[str, Any]]:
        """Yield one finding per field whose numbers differ."""
        by_field: dict[str, list[Mapping[str, Any]]] = {}
        for row in rows:
            if row["kind"] == "value":
                by_field.setdefault(row["field"], []).append(row)
        for field, some in sorted(by_field.items()):
            sums = {f"value_{side}": sum(int(row[side]) for row in some) for side in ("a", "b")}
            said = self._said(some[0]["name"], "a") | {"field": field, "column": field}
            yield CATALOGUE["A236"].found(
                f"{some[0]['name']}!{field}", refs=self._refs(some, field), n=len(some), **sums, **said
            )

    def totals(self, bridge: pd.DataFrame) -> Iterator[dict[str, Any]]:
        """Yield a finding where both sides count another number of rows."""
        rows = bridge[bridge["figure"] == "rows"]
        if rows.empty:
            return
        line = {row["line"]: int(row["amount"]) for row in rows.to_dict("records")}
        if line["counted_a"] == line["counted_b"]:
            return
        name = str(rows["name"].iloc[0])

        def both(what: str) -> int:
            return abs(line[f"{what}_a"]) + abs(line[f"{what}_b"])

        yield CATALOGUE["A239"].found(
            name, value_a=line["counted_a"], value_b=line["counted_b"], twice=both("twice"), merged=both("merged"),
            only_a=-line["only_a"] - line["open_a"], only_b=line["only_b"] + line["open_b"],
            moved=both("moved_out"), unlinked=both("unlinked"), **self._said(name, "a"),
        )  # fmt: skip
