"""Points of evidence of the linker: a versioned table that comes with the programme."""

from __future__ import annotations

import tomllib
from functools import cache
from importlib import resources
from types import MappingProxyType
from typing import TYPE_CHECKING, Final

from pydantic import BaseModel, ConfigDict

if TYPE_CHECKING:
    from collections.abc import Mapping

PROFILES: Final = ("normal", "audit")
"""How much is asked of a link before it is accepted: ``audit`` accepts fewer, and fewer wrong ones."""

DEFAULT: Final = "audit"
"""The profile where the project names none: no link rests on a similar name alone."""


class _Frozen(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Points(_Frozen):
    """Points of each feature by what it says; see ``rules/sets/links.toml`` for what the words mean."""

    name: dict[str, float]
    parent: dict[str, float]
    code: dict[str, float]
    point: dict[str, float]
    address: dict[str, float]


class Threshold(_Frozen):
    """Least points of an accepted link, least points ahead of the next candidate, least points to be looked at."""

    accept: float
    margin: float
    review: float
    alone: tuple[str, ...] = ()
    alone_margin: float = 3.0


class Weights(_Frozen):
    """The whole table.

    Examples
    --------
    >>> weights = load_weights()
    >>> weights.points.name["phase"] < 0 < weights.points.name["same"], sorted(weights.profiles)
    (True, ['audit', 'normal'])
    """

    version: int
    points: Points
    profiles: dict[str, Threshold]

    def by_feature(self) -> Mapping[str, Mapping[str, float]]:
        """Return feature -> word -> points."""
        return MappingProxyType({name: getattr(self.points, name) for name in Points.model_fields})


@cache
def load_weights() -> Weights:
    """Return the table that comes with the programme."""
    text = resources.files("gridkit.rules").joinpath("sets", "links.toml").read_text(encoding="utf-8")
    return Weights.model_validate(tomllib.loads(text))
