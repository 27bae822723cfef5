"""How findings tell compounds apart that have one name: by community and address, by code only where there is one."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from gridkit.model.fields import COMMUNITY, COMPOUND

if TYPE_CHECKING:
    from collections.abc import Iterable

    from gridkit.model import City, Places

PROVISIONAL: Final = "~"
"""First character of a code that was made up for a feature without one."""
SHOWN: Final = 5
"""Candidates or features that a sentence names; the params of a finding are no list."""


class Told:
    """Says of compounds where they are.

    Parameters
    ----------
    city : City
    places : Places, optional
        Where the compounds lie; without it what the layer states is used.
    """

    def __init__(self, city: City, places: Places | None = None) -> None:
        layers = city.layers
        self._communities: dict[str, str] = {}
        if COMMUNITY in layers:
            frame = layers[COMMUNITY].frame
            self._communities = dict(zip(frame.index, frame["name"], strict=True))
        self._placed: dict[str, str] = {}
        if places is not None:
            self._placed = dict(zip(places.frame.index, places.frame["community"], strict=True))
        self._stated: dict[str, tuple[str, str, str]] = {}
        if COMPOUND in layers:
            stated = layers[COMPOUND].frame[["community_code", "community_name", "address"]]
            self._stated = dict(zip(stated.index, stated.itertuples(index=False, name=None), strict=True))

    def community(self, code: str) -> str:
        """Return the name of the community of a compound, its code where it has no name, ``""`` where none is known."""
        stated, name, _ = self._stated.get(code, ("", "", ""))
        found = self._placed.get(code) or stated
        return self._communities.get(found) or name or found

    def spot(self, code: str) -> str:
        """Return community and address of a compound, else its code."""
        parts = [self.community(code), self._stated.get(code, ("", "", ""))[2]]
        told = " ".join(part for part in parts if part)
        return told or ("—" if code.startswith(PROVISIONAL) else code)

    def named(self, name: str, code: str) -> str:
        """Return a candidate as ``name (community)``, ``name (code)``, or the name alone."""
        place = self.community(code) or ("" if code.startswith(PROVISIONAL) else code)
        return f"{name} ({place})" if place and name != place else name


def listed(texts: Iterable[str]) -> str:
    """Return the first few texts.

    >>> listed("abcdefg"), listed("ab")
    ('a; b; c; d; e …', 'a; b')
    """
    texts = list(texts)
    return "; ".join(texts[:SHOWN]) + (" …" if len(texts) > SHOWN else "")
