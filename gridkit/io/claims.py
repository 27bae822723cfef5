"""One claim of a project file: what is stated, how exactly, about which place and day, and by which definition."""

from __future__ import annotations

import datetime as dt  # noqa: TC003  # pydantic reads the annotations when the program runs
from typing import TYPE_CHECKING, Annotated, Any, Final, Literal, get_args

from pydantic import BaseModel, BeforeValidator, ConfigDict, StrictStr, model_validator
from pydantic_core import PydanticCustomError

from gridkit.io.settings import a_date, a_figure, decimals_of
from gridkit.locale import N_

if TYPE_CHECKING:
    from collections.abc import Mapping

Comparator = Literal["=", ">=", "<=", ">", "<"]

OfCompounds = Literal["named", "declared", "valid", "valid_confirmed", "own", "work", "work_valid"]
OfGrids = Literal["branch", "branch_or_group"]
Numerator = Literal[
    "named", "declared", "valid", "valid_confirmed", "own", "work", "work_valid", "branch", "branch_or_group"
]
Denominator = Literal["all", "registry", "not_exempt", "members3", "eligible", "property", "comprehensive"]
Weight = Literal["compounds", "households", "residents", "area", "grids"]

SUBJECTS: Final[Mapping[str, Mapping[str, tuple[str, ...]]]] = {
    "compound": {
        "numerator": get_args(OfCompounds),
        "denominator": ("all", "registry", "not_exempt", "members3", "eligible", "property"),
        "weight": ("compounds", "households", "residents", "area"),
    },
    "grid": {
        "numerator": get_args(OfGrids),
        "denominator": ("comprehensive", "all"),
        "weight": ("grids", "households", "area"),
    },
}
"""Which words of a definition go together: those of compounds, and those of grids."""

MIXED: Final = N_("definition mixes words of compounds and of grids: {words}")


class _Value(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Definition(_Value):
    """What a claim says that it counts: who counts as covered, of which places, and by which weight.

    None is not declared.

    Examples
    --------
    >>> Definition(numerator="branch", denominator="all", weight="grids").text, Definition(weight="area").text
    ('branch/all/grids', '//area')
    """

    numerator: Numerator | None = None
    denominator: Denominator | None = None
    weight: Weight | None = None

    @property
    def text(self) -> str:
        """The definition as one text; empty where nothing is declared."""
        parts = (self.numerator, self.denominator, self.weight)
        return "/".join(part or "" for part in parts) if any(parts) else ""

    @property
    def subject(self) -> str:
        """``compound`` or ``grid``; empty where the words do not say, or contradict each other."""
        fits = subjects({"numerator": self.numerator, "denominator": self.denominator, "weight": self.weight})
        return fits[0] if len(fits) == 1 else ""


class UnreadClaim(_Value):
    """An entry of ``[[claims]]`` that cannot be read: where it stands among all (from 0), and why, in words."""

    number: int
    text: str = ""
    indicator: str = ""
    mistakes: tuple[str, ...] = ()
    scope: str = ""
    basis: str = ""
    figure: float | None = None
    comparator: Comparator = "="
    source: str = ""

    @classmethod
    def of(cls, number: int, entry: object, mistakes: tuple[str, ...]) -> UnreadClaim:
        """Return what can be said of an entry, whatever it is.

        >>> UnreadClaim.of(3, {"text": "full", "figure": "many"}, ("figure must be a number",)).text
        'full'
        """
        found = entry if isinstance(entry, dict) else {}
        texts = {key: found[key] for key in ("text", "indicator") if isinstance(found.get(key), str)}
        return cls(number=number, mistakes=mistakes, **texts)


MOST_DECIMALS: Final = 9


def a_rounding(value: object) -> object:
    """Return a number of decimals, or ``"none"``; refuse all else.

    >>> a_rounding(1), a_rounding("none")
    (1, 'none')
    """
    if value is None or value == "none" or (type(value) is int and 0 <= value <= MOST_DECIMALS):
        return value
    raise PydanticCustomError("rounding", "no number of decimals")


class ClaimSpec(_Value):
    """``[[claims]]``: a sentence and the figure it states, in percent; None where the figure is masked.

    ``decimals`` is not stated but found: to how many decimals the figure is written, ``"55.20"`` to two; ``rounding``
    says it instead where the writing does not (``"none"``: the figure is exact). ``upper`` is the upper end of a range
    such as 85-90, ``as_of`` the day that the claim speaks of, ``definition`` what it declares to count.

    Examples
    --------
    >>> claim = ClaimSpec(text="...", indicator="owners.party_share", figure="55.20%")
    >>> claim.figure, claim.decimals, claim.definition.text
    (55.2, 2, '')
    >>> ClaimSpec(text="...", indicator="owners.party_share", figure=55.2, rounding=0).decimals
    0
    """

    text: StrictStr
    indicator: StrictStr
    scope: StrictStr = ""
    basis: StrictStr = ""
    figure: Annotated[float | None, BeforeValidator(a_figure)]
    upper: Annotated[float | None, BeforeValidator(a_figure)] = None
    decimals: int | None = None
    rounding: Annotated[int | Literal["none"] | None, BeforeValidator(a_rounding)] = None
    comparator: Comparator = "="
    as_of: Annotated[dt.date | None, BeforeValidator(a_date)] = None
    definition: Definition = Definition()
    source: StrictStr = ""

    @model_validator(mode="before")
    @classmethod
    def _find_decimals(cls, data: object) -> object:
        if not isinstance(data, dict) or "figure" not in data or "decimals" in data:
            return data
        rounding = data.get("rounding")
        if type(rounding) is int and 0 <= rounding <= MOST_DECIMALS:
            return {**data, "decimals": rounding}
        try:
            return {**data, "decimals": decimals_of(data["figure"])}
        except PydanticCustomError:  # the figure itself is refused below
            return data


def subjects(definition: Mapping[str, Any]) -> list[str]:
    """Return of what (``compound``, ``grid``) a definition can speak: every stated word must fit.

    >>> subjects({"numerator": "branch"}), subjects({"denominator": "all"})
    (['grid'], ['compound', 'grid'])
    >>> subjects({"numerator": "branch", "weight": "residents"})
    []
    """
    return [
        subject
        for subject, words in SUBJECTS.items()
        if all(not definition.get(key) or definition[key] in known for key, known in words.items())
    ]
