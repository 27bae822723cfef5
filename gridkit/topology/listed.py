"""The codes of the map against the official list: what the list has and the map lacks (T404, T406)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import pandas as pd

from gridkit.geo.labels import bare_name
from gridkit.model.fields import COMMUNITY, STREET
from gridkit.topology.levels import stem
from gridkit.topology.rows import no_rows, objects, rows

if TYPE_CHECKING:
    from collections.abc import Mapping

    from gridkit.topology.levels import Level

MISSING, RECODED = "T404", "T406"
LEAST: Final = 0.5
"""Share of the codes of a layer that the list must know; below it they follow another scheme (S108)."""
_DIGITS: Final = {STREET: (9, 6), COMMUNITY: (12, 9)}
"""Digits of a code of the level, and of the place above it."""


def find_listed(level: Level, official: pd.DataFrame) -> pd.DataFrame:
    """Return codes of the official list that a level lacks, in the places that the level has.

    Parameters
    ----------
    level : Level
        Streets or communities; nothing is known of others.
    official : pandas.DataFrame
        Columns ``code``, ``name``, ``parent_code``.
    """
    if level.name not in _DIGITS or not len(official):
        return no_rows()
    digits, wider = _DIGITS[level.name]
    listed = _listed(official, digits)
    mine = {stem(code): code for code in level.codes if not code.startswith("~")}
    mine = {short: code for short, code in mine.items() if len(short) == digits and short.isdigit()}
    known = mine.keys() & listed.keys()
    if not mine or len(known) < LEAST * len(mine):
        return no_rows()
    above = {code[:wider] for code in known}
    missing = {code: name for code, name in listed.items() if code not in mine and code[:wider] in above}
    names = dict(zip(level.codes, level.frame["name"], strict=True))
    strange = {code: str(names[mine[code]]) for code in mine.keys() - listed.keys()}
    recoded = _recoded(strange, missing, wider)
    table: list[tuple[str, tuple[str, ...], dict[str, str]]]
    table = [(MISSING, (), {"value": code, "name": name, **({} if name else {"variant": "nameless"})})
             for code, name in sorted(missing.items()) if code not in recoded.values()]  # fmt: skip
    if "record" in official:
        cells = dict(zip(official["code"].map(stem), official["record"], strict=True))
        table = [(rule, units, {**own, "record": cells[own["value"]]} if own["value"] in cells else own)
                 for rule, units, own in table]  # fmt: skip
    table += [(RECODED, (mine[old],), {"value": mine[old], "other": new}) for old, new in sorted(recoded.items())]
    shapes = dict(zip(level.codes, level.shapes, strict=True))
    geometry = objects([shapes.get(units[0]) if units else None for _, units, _ in table])
    found = rows(level.name, objects([code for code, _, _ in table]), [units for _, units, _ in table], geometry)
    found["params"] = objects([params for _, _, params in table])
    found["parents"] = objects([(str(params["value"])[:wider],) for _, _, params in table])
    return found


def _listed(official: pd.DataFrame, digits: int) -> dict[str, str]:
    """Return the codes of one level that the list has, or names as the place above another, with their names."""
    own = {stem(str(code)): str(name) for code, name in zip(official["code"], official["name"], strict=True)}
    above = {stem(str(code)): "" for code in official["parent_code"].unique()}
    return {code: name for code, name in (above | own).items() if len(code) == digits and code.isdigit()}


def _recoded(strange: Mapping[str, str], missing: Mapping[str, str], wider: int) -> dict[str, str]:
    """Return units whose code the list lacks and whose name it has, once, at another code of the same place."""

    def by_name(names: Mapping[str, str]) -> dict[tuple[str, str], list[str]]:
        found: dict[tuple[str, str], list[str]] = {}
        for code, name in names.items():
            if name:
                found.setdefault((code[:wider], bare_name(name)), []).append(code)
        return found

    old, new = by_name(strange), by_name(missing)
    return {some[0]: new[key][0] for key, some in old.items() if len(some) == 1 and len(new.get(key, ())) == 1}


def codes_of(registry: Any) -> pd.DataFrame:
    """Return an official list as text, whatever frame it comes in."""
    frame = pd.DataFrame({name: registry.get(name, "") for name in ("code", "name", "parent_code")})
    return frame.fillna("").astype(str)
