"""``[repair]`` of the project file: who is right where two levels differ, how much is settled without a person."""

from __future__ import annotations

import difflib
import math
from typing import TYPE_CHECKING, Annotated, Final, Literal, get_args

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    PrivateAttr,
    StrictStr,
    ValidationInfo,
    field_validator,
)
from pydantic_core import PydanticCustomError

from gridkit.errors import ProjectError
from gridkit.locale import gettext
from gridkit.model.fields import COMMUNITY, STREET

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from gridkit.model import Layer

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


def a_pair(value: object) -> object:
    """Refuse what is no list of two different codes."""
    found = codes(value)
    if not isinstance(found, tuple) or len(found) != 2:
        raise PydanticCustomError("pair", "no pair")
    return found


class BorderSpec(BaseModel):
    """``[[repair.borders]]``: who is right at the common border of two streets or communities.

    ``authority``: ``bottom``, ``top`` or ``none`` as in ``[repair]``, or one of the two codes: what that unit claims,
    by its outline or by the units below it, is its own.

    >>> BorderSpec(between=["990101001", "990101002"], authority="990101001").authority
    '990101001'
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    between: Annotated[tuple[str, str], BeforeValidator(a_pair)]
    authority: StrictStr

    @field_validator("authority")
    @classmethod
    def _known(cls, value: str, info: ValidationInfo) -> str:
        if value not in (*get_args(Side), *info.data.get("between", (value,))):
            raise PydanticCustomError("border", "no side")
        return value


class RepairSpec(BaseModel):
    """``[repair]``: settings of ``gridkit repair``; None where the engine's own limit holds.

    ``authority``: level -> ``bottom`` (its parents are put together from it), ``top`` (it is cut to its parents) or
    ``none`` (neither is changed).
    ``decisions``, ``exceptions``: files with what persons decided. ``locked``: codes of units that neither gain nor
    lose. ``borders``: who is right at single borders, before ``authority``.

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
    borders: tuple[BorderSpec, ...] = ()
    _places: tuple[tuple[str, int], ...] = PrivateAttr(())

    @field_validator("borders")
    @classmethod
    def _once(cls, value: tuple[BorderSpec, ...]) -> tuple[BorderSpec, ...]:
        if len({frozenset(one.between) for one in value}) < len(value):
            raise PydanticCustomError("border_twice", "a border twice")
        return value

    def sides(self) -> dict[str | frozenset[str], str]:
        """Return who is right, by level and by pair of codes."""
        sides: dict[str | frozenset[str], str] = {frozenset(one.between): one.authority for one in self.borders}
        sides |= {str(level): str(side) for level, side in self.authority.items()}
        return sides

    def stand(self, places: Sequence[tuple[str, int]]) -> None:
        """Note in which file and line each of the borders stands, for messages."""
        self._places = tuple(places)

    def demand_known(self, layers: Mapping[str, Layer]) -> None:
        """Refuse borders between units that the layers do not have, or of different levels.

        Parameters
        ----------
        layers : mapping of str to Layer
            Of a city.

        Raises
        ------
        ProjectError
            All mistakes at once, each with its line.
        """
        levels = [set(map(str, layers[name].frame.index)) for name in (STREET, COMMUNITY) if name in layers]
        mistakes: dict[str, list[tuple[int, str]]] = {}
        for number, border in enumerate(self.borders):
            file, line = self._places[number] if number < len(self._places) else ("gridkit.toml", 0)
            mistakes.setdefault(file, []).extend((line, said) for said in _unknown(border, levels))
        for file, found in mistakes.items():
            if found:
                raise ProjectError(file, found)

    def limits(self) -> dict[str, float]:
        """Return the limits that are stated, by name."""
        names = ("gap_width", "overlap_width", "area", "share", "match_width")
        return {name: value for name in names if (value := getattr(self, name)) is not None}


def _unknown(border: BorderSpec, levels: Sequence[set[str]]) -> Iterator[str]:
    """Yield what is wrong with the codes of a border."""
    every = set[str]().union(*levels)
    for code in border.between:
        if code not in every:
            near = difflib.get_close_matches(code, sorted(every), n=1, cutoff=0.8)
            said = gettext("there is no street or community with the code {code}; did you mean {near}?") if near else \
                gettext("there is no street or community with the code {code}")  # fmt: skip
            yield said.format(code=code[:40], near="".join(near))
    if every.issuperset(border.between) and not any(one.issuperset(border.between) for one in levels):
        said = gettext("{one} and {other} are units of different levels: a border lies between two of one level")
        yield said.format(one=border.between[0], other=border.between[1])
