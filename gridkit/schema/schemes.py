"""Code schemes: how many digits each level has, and which code begins with which.

A scheme is stated, never inferred from the length of codes: 15 digits are a grid in Beijing and a community for the
police (domain section 3.1).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Mapping


@dataclass(frozen=True, slots=True)
class Scheme:
    """A code scheme.

    Parameters
    ----------
    name : str
        As findings name it.
    digits : Mapping of str to tuple of int
        Level -> numbers of digits that its codes may have; other levels are free.
    nested : Mapping of str to tuple of (str, int)
        Level -> field that holds the parent's code, and how many digits both begin with.
    tail : str
        What the digits after the ninth of a 12-digit street code must be.
    """

    name: str
    digits: Mapping[str, tuple[int, ...]]
    nested: Mapping[str, tuple[str, int]]
    tail: str = "000"

    def fits(self, level: str, code: str) -> bool:
        """Tell whether ``code`` follows the grammar of its level.

        >>> SCHEMES["stat12+3"].fits("street", "522601001000"), SCHEMES["stat12+3"].fits("grid", "522601001002")
        (True, False)
        """
        lengths = self.digits.get(level)
        if lengths is None:
            return True
        if re.fullmatch(r"[0-9]+", code) is None or len(code) not in lengths:
            return False
        return level != "street" or len(code) != 12 or code.endswith(self.tail)


SCHEMES: Final[Mapping[str, Scheme]] = MappingProxyType(
    {
        "stat12+3": Scheme(
            "stat12+3",
            {"street": (9, 12), "community": (12,), "grid": (15,)},
            {"community": ("street_code", 9), "grid": ("community_code", 12)},
        ),
        # object class (6), county (6), street (3), community (3), order (2): the parent's code is inside, not in front
        "cjt349": Scheme(
            "cjt349", {"street": (9, 12), "community": (12,), "grid": (20,)}, {"community": ("street_code", 9)}
        ),
    }
)
"""Scheme by name; ``stat12+3`` is the statistical code of 12 digits and 3 more for the grid."""


def street_code(code: str) -> str:
    """Return the 9 digits of a street code that was filled up to 12 with zeros.

    >>> street_code("522601001000"), street_code("522601001"), street_code("522601001002")
    ('522601001', '522601001', '522601001002')
    """
    return code[:9] if len(code) == 12 and code.endswith("000") else code


_USCC: Final = "0123456789ABCDEFGHJKLMNPQRTUWXY"


def is_credit_code(code: str) -> bool:
    """Tell whether a unified social credit code follows GB 32100-2015: 18 places, its characters, its check character.

    >>> is_credit_code("91350100M000100Y43"), is_credit_code("91350100M000100Y44")
    (True, False)
    """
    if len(code) != 18 or any(letter not in _USCC for letter in code):
        return False
    total = sum(_USCC.index(letter) * pow(3, place, 31) for place, letter in enumerate(code[:17]))
    return _USCC[-total % 31] == code[17]
