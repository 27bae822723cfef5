"""``[grids]`` of the project file: how large grids shall be, how they are coded, and where the plan lies."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Final, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, StrictBool, StrictStr
from pydantic_core import PydanticCustomError

from gridkit.model.plan import Norm

if TYPE_CHECKING:
    from collections.abc import Mapping

GROUND: Final[Mapping[str, tuple[str, ...]]] = {
    "road": (),
    "water": (),
    "building": ("households", "floors"),
    "exclusive": ("code", "name", "households", "population"),
}
"""Layers that only the drawing of grids reads, and the columns that may be named for each."""


def a_band(value: object) -> object:
    """Refuse what is no band of sizes.

    >>> a_band("300:500")
    '300:500'
    """
    if not isinstance(value, str):
        raise PydanticCustomError("band", "no band")
    try:
        Norm.parse(value)
    except ValueError as problem:
        raise PydanticCustomError("band", "no band") from problem
    return value


Band = Annotated[StrictStr, BeforeValidator(a_band)]


class GridsSpec(BaseModel):
    """``[grids]``: settings of ``gridkit grids``.

    ``band``: ``"300:500"`` or ``"300:400:500"`` (low, aimed at, high); ``bands``: the same for single communities by
    code, or for all of a class (``village``, or the urban-rural class ``220``). ``plan``: the folder of the plan.
    ``allow_mixed``: parts of a cut compound may share a grid with other compounds. ``scheme`` and ``policy``: how codes
    are made, and when a grid keeps its code.

    >>> GridsSpec(bands={"village": "150:300"}).norm_of("village", "220").low
    150
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    band: Band = "300:500"
    measure: Literal["households", "persons"] = "households"
    scheme: StrictStr = ""
    policy: Literal["majority", "strict"] = "majority"
    plan: StrictStr = "plans/current"
    allow_mixed: StrictBool = False
    bands: dict[StrictStr, Band] = Field(default_factory=dict)

    def norm(self, *, band: str = "", measure: str = "") -> Norm:
        """Return the band of communities that have none of their own; what is given outranks the file."""
        return Norm.parse(band or self.band, measure=measure or self.measure)

    def norm_of(self, *names: str, measure: str = "") -> Norm | None:
        """Return the band that is stated for the first of these names: a code before its classes."""
        found = next((self.bands[name] for name in names if name in self.bands), None)
        return None if found is None else Norm.parse(found, measure=measure or self.measure)
