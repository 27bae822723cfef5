"""Nested settings as one line per value."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gridkit.stores.digest import canonical

if TYPE_CHECKING:
    from collections.abc import Iterator

LONGEST = 40


def flat(value: object, key: str = "") -> Iterator[tuple[str, str]]:
    """Yield settings by their full key: rules by their id, claims by their words, other tables of a list by number.

    >>> dict(flat({"a": {"b": 1}, "rules": [{"id": "X", "n": 2}], "claims": [{"text": "all", "n": 3}]}))
    {'a.b': '1', 'claims[all].n': '3', 'claims[all].text': 'all', 'rules[X].id': 'X', 'rules[X].n': '2'}
    """
    if isinstance(value, dict):
        for name in sorted(value):
            yield from flat(value[name], f"{key}.{name}" if key else str(name))
    elif isinstance(value, list) and any(isinstance(one, dict) for one in value):
        seen: set[str] = set()
        for number, one in enumerate(value, start=1):
            called = _called(one, number)
            called = called if called not in seen else f"{called} {number}"
            seen.add(called)
            yield from flat(one, f"{key}[{called}]")
    else:
        yield key, value if isinstance(value, str) else canonical(value)


def _called(value: object, number: int) -> str:
    """Return what a table in a list is called: by what tells it from the others, whatever their order."""
    if isinstance(value, dict):
        for name in ("id", "text", "name"):
            if isinstance(value.get(name), str) and value[name]:
                return str(value[name])[:LONGEST]
    return str(number)
