"""Why the coverage of a compound differs between two runs."""

from __future__ import annotations

import json
from collections import Counter
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from gridkit.model.changes import CAUSES

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    import pandas as pd

NEAR_M: Final = 0.001
NEAR_M2: Final = 1.0
"""Shapes whose centre and area are nearer than this are drawn alike."""
_PLACES: Final = ("street", "community", "grid")
_SETTINGS: Final = ("as_of", "hidden")


class Tables(NamedTuple):
    """What a run says of its compounds: frames of ``tables/*.parquet``, the manifest, and the content of each row."""

    manifest: Mapping[str, Any]
    compounds: pd.DataFrame
    links: pd.DataFrame
    trace: pd.DataFrame
    rows: pd.DataFrame


class Side:
    """One run, with everything per compound."""

    def __init__(self, run: Tables) -> None:
        self.manifest = run.manifest
        self.compounds: dict[str, dict[str, Any]] = run.compounds.set_index("code", drop=False).to_dict("index")
        content = zip(run.rows["record"], run.rows["kind"], run.rows["content"], strict=True)
        self.content = {record: f"{kind}|{digest}" for record, kind, digest in content}
        self.known = Counter(self.content.values())
        self.shapes = _shapes(run.rows)
        self.links = _links(run.links)
        self.rules: dict[str, set[str]] = {}
        for compound, rule in zip(run.trace["compound"], run.trace["rule"], strict=True):
            self.rules.setdefault(compound, set()).add(rule)

    def records(self, code: str) -> set[str]:
        """Return the rows that speak of a compound, or decide about it: those that name it, and those that cover it."""
        row = self.compounds.get(code)
        covering = (*row["via"], *row["open_via"]) if row else ()
        layer = self.shapes.get(code)
        return {*covering, *(record for record, _ in self.links.get(code, ())), *((layer[0],) if layer else ())}


def _shapes(rows: pd.DataFrame) -> dict[str, tuple[str, float, float, float]]:
    found = rows[rows["kind"] == "compound"]
    names = ("code", "record", "x", "y", "area_m2")
    return {
        code: (record, x, y, area) for code, record, x, y, area in zip(*(found[name] for name in names), strict=True)
    }


def _links(links: pd.DataFrame) -> dict[str, list[tuple[str, tuple[str, str, bool]]]]:
    """Return compound -> rows that name it, with the column, the words, and whether the link is accepted."""
    found: dict[str, list[tuple[str, tuple[str, str, bool]]]] = {}
    some = links[(links["level"] == "compound") & (links["code"] != "")]
    names = ("code", "record", "field", "mention", "accepted")
    for code, record, field, mention, accepted in zip(*(some[name] for name in names), strict=True):
        found.setdefault(code, []).append((record, (field, mention, bool(accepted))))
    return found


class Causes:
    """What could make two runs differ, worked out once; then asked for each compound."""

    def __init__(self, before: Tables, after: Tables) -> None:
        self.before, self.after = Side(before), Side(after)
        self._rules, self._all_rules = _changed_rules(before.manifest, after.manifest)
        self._settings = _declared(before.manifest) != _declared(after.manifest)
        self._version = before.manifest["versions"].get("gridkit") != after.manifest["versions"].get("gridkit")

    def of(self, code: str) -> tuple[tuple[str, ...], tuple[str, ...], tuple[str, ...]]:
        """Return the causes of a compound in the order of ``CAUSES``, and the rows of both runs that differ.

        Of a compound that only one run has, nothing else is asked: all that follows from its boundary.
        """
        gone, new = self._changed(code, self.before, self.after), self._changed(code, self.after, self.before)
        if code not in self.before.compounds or code not in self.after.compounds:
            return ("boundary",), tuple(sorted(gone)), tuple(sorted(new))
        relinked = self._relinked(code)
        tried = self.before.rules.get(code, set()) | self.after.rules.get(code, set())
        holds = {
            "boundary": self._moved(code),
            "rules": self._all_rules or bool(self._rules & tried),
            "settings": self._settings,
            "links": any(relinked),
            "data": bool(gone or new),
            "version": self._version,
        }
        causes = tuple(cause for cause in CAUSES if holds.get(cause)) or ("elsewhere",)
        rows = [tuple(sorted({*some, *more})) for some, more in ((gone, relinked[0]), (new, relinked[1]))]
        return causes, rows[0], rows[1]

    def _moved(self, code: str) -> bool:
        one, other = self.before.compounds[code], self.after.compounds[code]
        if any(one[name] != other[name] for name in _PLACES):
            return True
        here, there = self.before.shapes.get(code), self.after.shapes.get(code)
        if here is None or there is None:
            return False
        pairs = zip(here[1:], there[1:], (NEAR_M, NEAR_M, NEAR_M2), strict=True)
        return any(abs(first - second) > near for first, second, near in pairs)

    @staticmethod
    def _changed(code: str, one: Side, other: Side) -> set[str]:
        """Return the rows about a compound in one run that do not stand, or not as often, in the other."""
        found = {record: one.content.get(record) for record in one.records(code)}
        return {record for record, text in found.items() if text and one.known[text] > other.known[text]}

    def _relinked(self, code: str) -> tuple[set[str], set[str]]:
        """Return the rows that stand in both runs, and name this compound in one of them only, or less surely."""
        said = []
        for one, other in ((self.before, self.after), (self.after, self.before)):
            links = [(record, one.content.get(record), told) for record, told in one.links.get(code, ())]
            said.append([(record, text, told) for record, text, told in links if text and other.known[text]])
        keys = [{(text, told) for _, text, told in side} for side in said]
        return (
            {record for record, text, told in said[0] if (text, told) not in keys[1]},
            {record for record, text, told in said[1] if (text, told) not in keys[0]},
        )


def _changed_rules(before: Mapping[str, Any], after: Mapping[str, Any]) -> tuple[set[str], bool]:
    """Return the rules that differ, and whether anything else of the rule set does (thresholds, what counts)."""
    sets = [dict(manifest["settings"].get("ruleset") or {}) for manifest in (before, after)]
    for found in sets:
        found.pop("audit", None)  # it decides about claims, not about coverage
    lists = [found.pop("rules", []) for found in sets]
    rules = [{str(rule.get("id")): json.dumps(rule, sort_keys=True) for rule in _tables(some)} for some in lists]
    orders = [[name for name in some if name in rules[0] and name in rules[1]] for some in rules]
    changed = {name for name in {*rules[0], *rules[1]} if rules[0].get(name) != rules[1].get(name)}
    return changed, sets[0] != sets[1] or orders[0] != orders[1]


def _tables(value: object) -> Iterable[dict[str, Any]]:
    return [one for one in value if isinstance(one, dict)] if isinstance(value, list) else []


def _declared(manifest: Mapping[str, Any]) -> dict[str, Any]:
    """Return what the project declares and what changes coverage without a changed file."""
    settings = manifest["settings"]
    registries = settings.get("registries")
    told = {
        kind: sorted(
            (bool(spec.get("complete")), str(spec.get("scope")), str(spec.get("hidden"))) for spec in _tables(specs)
        )
        for kind, specs in (registries.items() if isinstance(registries, dict) else ())
    }
    return {"registries": told, **{name: settings.get(name) for name in _SETTINGS}}
