"""Single values of a project file: paths, encodings, dates, and the figures of claims with the decimals they state."""

from __future__ import annotations

import codecs
import math
import re
from decimal import Decimal, InvalidOperation
from typing import Final

from pydantic_core import PydanticCustomError

MOST: Final = 1e9
"""No share or load of a city is larger; a figure beyond is a slip of the pen."""

_CHINESE: Final = frozenset(("gbk", "gb2312", "cp936", "936", "ansi", "gb18030", "gb-18030"))


def as_list(value: object) -> object:
    """Return one table as a list of tables."""
    return [value] if isinstance(value, dict) else value


def a_date(value: object) -> object:
    """Refuse numbers, which would be read as seconds since 1970."""
    if isinstance(value, (int, float)):
        raise PydanticCustomError("date_type", "no date")
    return value


def a_digit(value: object) -> object:
    """Return a whole number as text: ``transform = 7`` means ``"7"``.

    >>> a_digit(7), a_digit("4")
    ('7', '4')
    """
    return str(value) if type(value) is int else value


def a_path(value: object) -> object:
    """Refuse an empty path."""
    if isinstance(value, str) and not value.strip():
        raise PydanticCustomError("path_empty", "no path")
    return value


def a_path_or_paths(value: object) -> object:
    """Return one path, or a tuple of the paths of a list; refuse what is none.

    >>> a_path_or_paths("a.xlsx"), a_path_or_paths(["a.xlsx", "b/*.xlsx"])
    ('a.xlsx', ('a.xlsx', 'b/*.xlsx'))
    """
    if isinstance(value, (list, tuple)):
        if not value:
            raise PydanticCustomError("path_empty", "no path")
        return tuple(a_path_or_paths(one) if isinstance(one, str) else _no_text() for one in value)
    return a_path(value) if isinstance(value, str) else _no_text()


def plain_path(value: str | tuple[str, ...]) -> str | list[str]:
    """Return a path, or several as a list: what JSON has for them."""
    return value if isinstance(value, str) else list(value)


def _no_text() -> object:
    raise PydanticCustomError("string_type", "no text")


def an_encoding(value: object) -> object:
    """Refuse what is no encoding of texts."""
    if not isinstance(value, str) or not value or value.lower() in _CHINESE:
        return value
    try:
        fine = codecs.lookup(value)._is_text_encoding
    except (LookupError, ValueError):
        fine = False
    if not fine:
        raise PydanticCustomError("encoding", "no encoding")
    return value


def _stated(value: object) -> Decimal | None:
    """Return a figure exactly as it is written; None where it is masked.

    Raises
    ------
    PydanticCustomError
        If it is no number that a share or a load can have.
    """
    if value is None:
        return None
    wrong = PydanticCustomError("figure", "no figure")
    if isinstance(value, bool) or not isinstance(value, (str, int, float, Decimal)):
        raise wrong
    text = str(value).strip().rstrip("%％").strip()
    if isinstance(value, str) and re.fullmatch(r"[xX×*＊]*", text):
        return None
    try:
        number = Decimal(text)
    except InvalidOperation:
        raise wrong from None
    if not number.is_finite() or not math.isfinite(float(number)) or abs(number) > MOST:
        raise wrong
    return number


def a_figure(value: object) -> float | None:
    """Return a figure in percent or plain units: ``"98.5%"`` is 98.5, a masked ``"XX%"`` is None.

    >>> a_figure("98.5%"), a_figure(Decimal("55.20")), a_figure("XX%")
    (98.5, 55.2, None)
    """
    number = _stated(value)
    return None if number is None else float(number)


def decimals_of(value: object) -> int | None:
    """Return to how many decimals a figure is stated; a whole float states none, a masked figure has none.

    >>> decimals_of("55.20"), decimals_of(Decimal("98.50")), decimals_of(98.5), decimals_of(100.0), decimals_of("XX")
    (2, 2, 1, 0, None)
    """
    number = _stated(value)
    if number is None:
        return None
    if isinstance(value, float) and value.is_integer():
        return 0
    exponent = number.as_tuple().exponent
    return max(0, -exponent) if isinstance(exponent, int) else 0
