"""Numbers that belong to persons: identity cards, mobile phones, e-mail, chat accounts, bank cards.

Codes of places and organisations look much the same. What tells them apart: an identity number of 18 places holds a
date of birth and ends in a check digit (GB 11643-1999); a credit code of 18 places has a check character of its own
(GB 32100-2015); a grid code of 15 digits repeats the code of its community, while the dates of old identity numbers
differ from row to row.
"""

from __future__ import annotations

import datetime as dt
import re
from typing import TYPE_CHECKING, Final

from gridkit.io.distinct import counted
from gridkit.io.person_names import is_name_in_brackets
from gridkit.io.text import cell_text, narrow

if TYPE_CHECKING:
    from collections.abc import Iterable

MASK: Final = "***"
SHARE: Final = 0.3
"""A column is personal where more than this share of its filled cells are numbers of persons."""

_BIRTH: Final = r"(?:19|20)\d{2}[ -]?(?:0[1-9]|1[0-2])[ -]?(?:0[1-9]|[12]\d|3[01])"
IDENTITY: Final = re.compile(rf"(?<![0-9A-Za-z])[1-9]\d{{5}}[ -]?{_BIRTH}[ -]?\d{{3}}[0-9Xx](?![0-9A-Za-z])")
MOBILE: Final = re.compile(
    r"(?<![0-9A-Za-z])(?<!\d\.)(?:(?:\+|00)?86[- ]{0,2})?1[3-9]\d"
    r"(?:[- –—·]{0,2}\d{4}[- –—·]{0,2}\d{4}|\.\d{4}\.\d{4}|[- ]?\d{3}[- ]?\d{5})(?![0-9A-Za-z])"
)
EMAIL: Final = re.compile(r"[A-Za-z0-9._%+-]{1,64}@[A-Za-z0-9-]{1,63}(?:\.[A-Za-z0-9-]{1,63})+")
_CHAT: Final = re.compile(
    r"((?:微信|weixin|wechat|wx|(?<![A-Za-z])qq)(?:号码?|號碼?)?\s{0,5}[:：]?\s{0,5})(?!公众|公眾|群|小程序)[A-Za-z0-9][A-Za-z0-9_-]{4,19}"
    r"(?![0-9A-Za-z])|(?<![0-9A-Za-z])wxid_[0-9a-z]{6,20}",
    re.IGNORECASE,
)
_CARD: Final = re.compile(r"(?<![0-9A-Za-z])62\d{2}(?: ?\d{4}){3}(?: ?\d{3})?(?![0-9A-Za-z])")
_LANDLINE: Final = re.compile(
    r"(?<![0-9A-Za-z])[(（]?0\d{2,3}(?:[)）]\s*|\s*[-－–—]\s*| )[2-8]\d{2,3}[- ]?\d{4}(?![0-9A-Za-z])"
)
_AFTER_PHONE: Final = re.compile(r"((?:电话|電話|热线|熱線|传真|傳真|手[机機])[:：]?\s*)[\d(（][\d\-－() （）]{5,}\d")
_WEIGHTS: Final = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_CREDIT_DIGITS: Final = "0123456789ABCDEFGHJKLMNPQRTUWXY"
_CREDIT_WEIGHTS: Final = (1, 3, 9, 27, 19, 26, 16, 17, 20, 29, 25, 13, 8, 24, 10, 30, 28)
_SCIENTIFIC: Final = re.compile(r"1\.[3-9]\d{1,9}[eE]\+?10")
_OLD: Final = re.compile(r"[1-9]\d{5}(\d{6})\d{3}")
_WIDE: Final = {
    **{code: chr(code - 0xFEE0) for code in (*range(0xFF10, 0xFF1A), *map(ord, "＋－．＠＿ＸｘＱｑ"))},
    **dict.fromkeys(map(ord, "\u200b\u200c\u200d\u2060\ufeff"), ""),
}
_BESIDE: Final = re.compile(r"[\s,，、;；/|:：()（）*-]+")
_MAYBE: Final = re.compile(r"\d[\d\s.·（）()－–—-]{6}|@|[eE]\+?10|wxid|[微qQ][信qQ]")
_FEW: Final = 4
"""A cell with a number and at most so many other characters (a name, 电话) is about the person, not a text."""


def plain(text: str) -> str:
    """Return ``text`` with digits and signs of numbers in ASCII; nothing else is changed.

    >>> plain("＋８６，１３９（王）")
    '+86，139（王）'
    """
    return text if text.isascii() else text.translate(_WIDE)


def is_identity(text: str, *, checked: bool = False) -> bool:
    """Tell whether ``text`` is an identity number: 18 places with a birth date; ``checked`` also tests the last one.

    >>> is_identity("990101199003070012"), is_identity("990101199003070012", checked=True)
    (True, False)
    """
    bare = text.replace(" ", "").replace("-", "")
    if IDENTITY.fullmatch(bare) is None or not _is_date(bare[6:14]):
        return False
    return _check_digit(bare) == bare[17].upper() or not (checked or is_credit_code(bare))


def _check_digit(text: str) -> str:
    total = sum(weight * int(digit) for weight, digit in zip(_WEIGHTS, text[:17], strict=True))
    return "10X98765432"[total % 11]


def _is_date(digits: str) -> bool:
    try:
        dt.date(int(digits[:4]), int(digits[4:6]), int(digits[6:]))
    except ValueError:
        return False
    return True


def is_credit_code(text: str) -> bool:
    """Tell whether ``text`` is a unified social credit code with the right check character.

    >>> is_credit_code("91350100M000100Y43")
    True
    """
    if len(text) != 18 or any(digit not in _CREDIT_DIGITS for digit in text):
        return False
    total = sum(weight * _CREDIT_DIGITS.index(digit) for weight, digit in zip(_CREDIT_WEIGHTS, text[:17], strict=True))
    return _CREDIT_DIGITS[(31 - total % 31) % 31] == text[17]


def is_card(text: str) -> bool:
    """Tell whether ``text`` is the number of a bank card: 16 or 19 digits that begin with 62 and end in Luhn's digit.

    >>> is_card("6222020200012345676"), is_card("622301001001001001")
    (False, False)
    """
    bare = text.replace(" ", "")
    if _CARD.fullmatch(bare) is None:
        return False
    digits = [int(digit) for digit in reversed(bare)]
    return sum(digits[::2]) % 10 == -sum(sum(divmod(2 * digit, 10)) for digit in digits[1::2]) % 10


def mask_numbers(text: str) -> str:
    """Return ``text`` (see :func:`plain`) with ``***`` for each number, e-mail and account of a person.

    >>> mask_numbers("王 +86 139-0000-0000 wx: abc_123"), mask_numbers("统计用代码522601001002")
    ('王 *** wx: ***', '统计用代码522601001002')
    """
    found = IDENTITY.sub(lambda hit: MASK if is_identity(hit[0]) else hit[0], text)
    found = _CARD.sub(lambda hit: MASK if is_card(hit[0]) else hit[0], MOBILE.sub(MASK, found))
    found = _AFTER_PHONE.sub(rf"\1{MASK}", _LANDLINE.sub(MASK, EMAIL.sub(MASK, found)))
    return _CHAT.sub(lambda hit: (hit[1] or "") + MASK, found)


_IN_NAME: Final = re.compile(r"(?<!\d)(?:86)?1[3-9]\d[- ]?\d{4}[- ]?\d{4}(?!\d)|(?<!\d)[1-9]\d{16}[\dXx](?!\d)")


def mask_name_of_file(name: str) -> str:
    """Return the name of a file, sheet or layer without what says of persons.

    That are mobile numbers, identity numbers (checked), e-mail, and names beside such a number or beside a word that
    says so (联系人). What is returned stays as it is when it goes through once more.

    >>> mask_name_of_file("台账_某某13900000000.xlsx"), mask_name_of_file("990101199003070012.xlsx")
    ('台账_某某***.xlsx', '990101199003070012.xlsx')
    >>> mask_name_of_file("台账（联系人：王小明13900000000）.xlsx"), mask_name_of_file("王小明填.xlsx")
    ('台账（联系人：***）.xlsx', '***填.xlsx')
    """
    bare = plain(name)
    found = EMAIL.sub(MASK, _IN_NAME.sub(_masked_in_name, bare))
    if MASK in found:
        found = _BESIDE_MASK.sub(_unnamed, found)
    found = _WHO_FILLED.sub(_unnamed, _AFTER_WORD.sub(_unnamed_after, found))
    return name if found == bare else found


_AFTER_WORD: Final = re.compile(
    r"((?:联系人|联络人|联络员|负责人|填表人|填报人|审核人|经办人|制表人|书记|主任|网格长|网格员|楼栋长|指导员|經辦人|聯繫人|負責人)"
    r"[\s:：_＿（(—-]{0,3})([一-鿿·]{2,6}?)(?=[^一-鿿·]|$|填|报|负责|整理|提供|电话|手机)(?:[ _-]?\*{3})?"
)
_WHO_FILLED: Final = re.compile(
    r"(?<![一-鿿·])([一-鿿·]{2,6}?)(?=(?:填报?|报送?|上报|提供|整理|负责|汇总|制表?|同志|电话|手机)(?:[^一-鿿·]|$))"
)
_BESIDE_MASK: Final = re.compile(
    r"(?<![一-鿿·])([一-鿿·]{2,6})[ _：:（(+-]{0,2}\*{3}|\*{3}[ _-]?([一-鿿·]{2,6})(?![一-鿿·])"
)


def _unnamed(hit: re.Match[str]) -> str:
    return MASK if is_name_in_brackets(next(filter(None, hit.groups()))) else hit[0]


def _unnamed_after(hit: re.Match[str]) -> str:
    return hit[1] + MASK if is_name_in_brackets(hit[2]) else hit[0]


def _masked_in_name(hit: re.Match[str]) -> str:
    return hit[0] if len(hit[0]) == 18 and not is_identity(hit[0], checked=True) else MASK


def holds_numbers(cells: Iterable[object], *, codes: bool = False) -> bool:
    """Tell whether a column holds numbers of persons, whatever its header says.

    Parameters
    ----------
    cells : iterable
        Cells as read.
    codes : bool
        Whether the header says that these are codes: place codes of 18 digits can look like a date of birth, so the
        check digit must fit as well, and nothing else counts but mobile numbers.

    Examples
    --------
    >>> holds_numbers(["13900000000", 13900000001.0, "无"]), holds_numbers(["某某 139 0000 0000"])
    (True, True)
    >>> holds_numbers(["522601001002", ""]), holds_numbers(["990101010307001", "990101010307002"])
    (False, False)
    """
    held: dict[str, int] = {}  # each distinct text once, however often it stands in the column
    for cell, times in counted(cells).items():
        if text := cell_text(cell).strip():
            held[text] = held.get(text, 0) + times
    if codes and are_place_codes(held):
        return False
    filled = sum(held.values())
    some = _MAYBE.search("\0".join(held)) is not None  # one search says that most columns hold nothing of the kind
    long = [text for text in held if _MAYBE.search(text) is not None] if some else []
    hits = sum(held[text] for text in long if _is_number(text, codes=codes))
    if hits > SHARE * filled:
        return True
    old = [] if codes else [(found[1], held[text]) for text in long if (found := _OLD.fullmatch(narrow(text)))]
    dates = [(digits, times) for digits, times in old if _is_date(f"19{digits}")]
    born = sum(times for _, times in dates)
    if hits:  # beside numbers that are certain, old ones without a check digit count as well
        return hits + born > SHARE * filled
    several = 2 * len({digits for digits, _ in dates}) > len({digits for digits, _ in old})
    return born >= 5 and born > 0.9 * filled and several


def are_place_codes(codes: Iterable[str]) -> bool:
    """Tell whether all codes have as many digits as those of places and grids: neither 18 nor those of a mobile number.

    >>> are_place_codes(["522601001002", "522601001002001", ""]), are_place_codes(["008613900000000"])
    (True, False)
    """
    held = list(codes)
    joined = "".join(held)
    return (
        joined.isdigit() and joined.isascii() and {0, 9, 12, 15}.issuperset(map(len, held))
        and "\n00" not in "\n".join(["", *held])
    )  # fmt: skip


def _is_number(text: str, *, codes: bool) -> bool:
    bare = narrow(plain(text))
    if codes:
        return is_identity(bare, checked=True) or MOBILE.fullmatch(bare) is not None
    if _SCIENTIFIC.fullmatch(bare) is not None:
        return True
    masked = mask_numbers(bare)
    if masked == bare:
        return False
    rest = _BESIDE.sub("", masked)
    return len(rest) <= _FEW
