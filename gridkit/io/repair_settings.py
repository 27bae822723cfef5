"""``[repair]`` of the project file: who is right where two levels differ, how much is settled without a person."""

from __future__ import annotations

import math
from typing import Annotated, Final, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, StrictStr
from pydantic_core import PydanticCustomError

MOST: Final = 1e9
"""Square metres or metres: more is no bound on a repair."""

Side = Literal["bottom", "top", "none"]
Level = Literal["community", "grid"]


def a_measure(value: object) -> object:
    """Refuse what is no width or area: text, ``true``, less than nothing, more than the earth.

    >>> a_measure(20)
    20
    """
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        raise PydanticCustomError("float_type", "no number")
    if not math.isfinite(value) or not 0 <= value <= MOST:
        raise PydanticCustomError("measure", "no measure")
    return value


def a_share(value: object) -> object:
    """Refuse what is no share between 0 and 1."""
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        raise PydanticCustomError("float_type", "no number")
    if not math.isfinite(value) or not 0 <= value <= 1:
        raise PydanticCustomError("share", "no share")
    return value


def codes(value: object) -> object:
    """Refuse what is no list of codes as text; the same code twice is once."""
    if not isinstance(value, (list, tuple)) or not all(isinstance(one, str) and one.strip() for one in value):
        raise PydanticCustomError("codes", "no codes")
    return tuple(dict.fromkeys(one.strip() for one in value))


class RepairSpec(BaseModel):
    """``[repair]``: settings of ``gridkit repair``; None where the engine's own limit holds.

    ``authority``: level -> ``bottom`` (its parents are put together from it), ``top`` (it is cut to its parents) or
    ``none`` (neither is changed).
    ``decisions``, ``exceptions``: files with what persons decided. ``locked``: codes of units that neither gain nor
    lose.

    >>> RepairSpec(gap_width=5, locked=["990101001"]).limits()
    {'gap_width': 5.0}
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    authority: dict[Level, Side] = Field(default_factory=dict)
    gap_width: Annotated[float | None, BeforeValidator(a_measure)] = None
    overlap_width: Annotated[float | None, BeforeValidator(a_measure)] = None
    area: Annotated[float | None, BeforeValidator(a_measure)] = None
    share: Annotated[float | None, BeforeValidator(a_share)] = None
    match_width: Annotated[float | None, BeforeValidator(a_measure)] = None
    decisions: StrictStr = ""
    exceptions: StrictStr = ""
    locked: Annotated[tuple[str, ...], BeforeValidator(codes)] = ()

    def limits(self) -> dict[str, float]:
        """Return the limits that are stated, by name."""
        names = ("gap_width", "overlap_width", "area", "share", "match_width")
        return {name: value for name in names if (value := getattr(self, name)) is not None}
