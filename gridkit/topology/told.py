"""Defects in sentences: one finding per defect, with numbers, the rows of the layers and a place."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import numpy as np

from gridkit.rules import CATALOGUE
from gridkit.topology.levels import PARENT, lonlat
from gridkit.topology.rows import number

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    import pandas as pd

    from gridkit.model import City, Findings

Array = np.ndarray[Any, Any]

NAMED: Final = 3
"""Units that a sentence names; of more it says how many."""
_ALSO: Final = {"T351": ("T30", "T31", "T32", "T33"), "T505": ("T31",), "T502": ("T32",), "T354": ("T32",)}
"""What is said already, of the same unit, by the findings of nesting."""


def tell(city: City, frame: pd.DataFrame, params: list[dict[str, Any]], *, said: Findings | None, crs: str
         ) -> Iterator[dict[str, Any]]:  # fmt: skip
    """Yield a finding for each open defect that no other rule has told already.

    Parameters
    ----------
    city : City
    frame : pandas.DataFrame
        Defects, indexed by their id.
    params : list of dict
        What only the rule of each knows.
    said : Findings, optional
        Of :func:`gridkit.topology.check_nesting`.
    crs : str
        Metric system of the geometry.
    """
    names = _Names(city)
    places = lonlat(frame["geometry"].to_numpy(), crs)
    before = _said(said)
    columns = frame.drop(columns="geometry").to_dict("records")
    for (lon, lat), ident, row, own in zip(places, frame.index, columns, params, strict=True):
        subject = row["units"][0] if row["units"] else str(own.get("value", ident))
        if _silent(row, own, subject, before):
            continue
        values = _values(row, own, names) | {"defect": ident}
        refs = [ref for unit in row["units"][:NAMED] if (ref := names.ref(_level(row, unit, names), unit))]
        if "record" in values:
            refs = [city.cell(str(values.pop("record")), "code")]
        found = CATALOGUE[row["code"]].found(subject, refs=refs, lon=float(lon), lat=float(lat), **values)
        yield {**found, "severity": row["severity"]}


def _silent(row: Mapping[str, Any], own: Mapping[str, Any], subject: str, before: Mapping[str, set[str]]) -> bool:
    if row["exception"] or (row["code"] == "T102" and own.get("empty")):  # T341 tells what has no geometry at all
        return True
    families = _ALSO.get(row["code"], ())
    # Nesting speaks of the whole unit; an area with compounds in it is told all the same.
    return any(family in before.get(subject, ()) for family in families) and not row["compounds"]


def _said(said: Findings | None) -> dict[str, set[str]]:
    """Return the families of rules that have told something of each unit."""
    found: dict[str, set[str]] = {}
    if said is not None:
        for subject, code in zip(said.frame["subject"], said.frame["code"], strict=True):
            found.setdefault(str(subject), set()).add(str(code)[:3])
    return found


def _level(row: Mapping[str, Any], unit: str, names: _Names) -> str:
    """Return the level of a unit of a defect: a parent that is not filled is of the level above."""
    level = str(row["level"])
    return level if names.has(level, unit) else PARENT.get(level, level)


def _values(row: Mapping[str, Any], own: Mapping[str, Any], names: _Names) -> dict[str, Any]:
    level, units = str(row["level"]), list(row["units"])
    above = str(own.get("above", PARENT.get(level, level)))
    called = [names.of(_level(row, unit, names), unit) for unit in units]
    values: dict[str, Any] = {
        "area": number(row["area_m2"]), "size": number(row["width_m"]), "compounds": row["compounds"],
        "households": row["households"], "level": level, "name": called[0] if called else "",
        "names": ", ".join(called[:NAMED]) + (f" … ({len(called)})" if len(called) > NAMED else ""),
        "count": len(called),
    }  # fmt: skip
    if len(called) > 1:
        values["other_name"] = called[1]
    if np.isfinite(row["length_m"]):
        values["metres"] = number(row["length_m"])
    for mine, theirs in (("drawn", "parent_name"), ("stated", "stated_name"), ("second", "other_name")):
        if mine in own:
            values[theirs] = names.of(above, own[mine])
    values |= {key: value for key, value in own.items() if key not in ("drawn", "stated", "second", "above")}
    return values | _variant(row, str(values.get("variant", "")))


def _variant(row: Mapping[str, Any], variant: str) -> dict[str, str]:
    """Return which sentence is said: another where superiors differ, or where compounds lie inside."""
    rule = CATALOGUE[row["code"]]
    if not variant and row["code"] == "T201" and row["cause"] == "parents":
        variant = "across"
    lived = f"{variant}_lived".lstrip("_")
    variant = lived if row["compounds"] and lived in rule.variants else variant
    return {"variant": variant} if variant else {}


class _Names:
    """Looks up names and rows of units."""

    def __init__(self, city: City) -> None:
        self._city = city
        self._rows = {
            level: {str(code): (str(name) or str(code), f"{src}!{row}") for code, name, src, row in zip(
                layer.frame.index, layer.frame["name"], layer.frame["src"], layer.frame["row"], strict=True)}
            for level, layer in city.layers.items()
        }  # fmt: skip

    def has(self, level: str, code: str) -> bool:
        return code in self._rows.get(level, ())

    def of(self, level: str, code: str) -> str:
        """Return the name of a unit and its code."""
        name = self._rows.get(level, {}).get(code, (code, ""))[0]
        return name if name == code else f"{name} ({code})"

    def ref(self, level: str, code: str) -> str:
        record = self._rows.get(level, {}).get(code, ("", ""))[1]
        return self._city.cell(record, "geometry") if record else ""
