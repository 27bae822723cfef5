"""Codes of one column against each other: lost digits, letters for digits, two ways of writing, rounded numbers.

Nothing is repaired: a finding says what was probably meant, and the code stays as it was written.
"""

from __future__ import annotations

import re
from collections import Counter
from typing import TYPE_CHECKING, Any, Final

from gridkit.io.fields import types_of
from gridkit.schema.cells import LISTED, is_layer, per_value
from gridkit.schema.schemes import street_code

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from gridkit.schema.cells import Table
    from gridkit.schema.schemes import Scheme

MOST: Final = 0.8
"""Share of a column that must agree before the rest is doubted."""

FEWEST: Final = 5
"""A column of fewer codes has no habit."""

STRUCTURED: Final = 6
"""Digits from which a code is more than a running number, whose length may vary."""

EXACT: Final = 15
"""Digits that a spreadsheet keeps of a number."""

_LOOK_ALIKE: Final = str.maketrans("OoQlIi|", "0001111")
_SEPARATORS: Final = re.compile(r"(?<=[0-9A-Za-z])[-_./·:](?=[0-9A-Za-z])")
_SKIPPED: Final = frozenset(("uscc", "urban_rural_class", "property_company_id"))


def check_codes(all_tables: Mapping[str, Table], scheme: Scheme) -> Iterator[dict[str, Any]]:
    """Yield S184 to S187 for every column of codes that is long enough to have a habit."""
    known = {code for table in all_tables.values() if "code" in table.frame for code in table.frame["code"]}
    known |= {street_code(code) for code in known}
    for table in all_tables.values():
        for field, dtype in types_of(table.kind).items():
            if dtype != "code" or field in _SKIPPED or field not in table.frame or table.kind == "codes":
                continue
            counts = Counter(table.frame[field].tolist())
            codes = {code: times for code, times in counts.items() if code and code[0] != "~"}
            if sum(codes.values()) < FEWEST:
                continue
            if not (field == "code" and is_layer(table.kind) and table.kind in scheme.digits):
                yield from _told("S184", table, field, shorter(codes, known))
            if not "".join(codes).isdigit():
                yield from _told("S185", table, field, look_alike(codes))
                yield from _told("S186", table, field, separated(codes))
            yield from _told("S187", table, field, rounded(codes))


def _told(code: str, table: Table, field: str, doubtful: Mapping[str, Mapping[str, Any]]) -> Iterator[dict[str, Any]]:
    rows = table.frame[table.frame[field].isin(doubtful)] if doubtful else table.frame[:0]
    if len(doubtful) > LISTED:
        yield from per_value(code, table, rows, field, **{**next(iter(doubtful.values())), "other": "..."})
        return
    for value, params in sorted(doubtful.items()):
        yield from per_value(code, table, rows[rows[field] == value], field, **params)


def shorter(codes: Mapping[str, int], known: set[str] | frozenset[str] = frozenset()) -> dict[str, dict[str, Any]]:
    """Return codes with fewer digits than the others of their column, and what they would be with zeros in front.

    Running numbers (7, 85, 112) are no shortened codes: without a zero in front of any code only structured codes of
    six digits and more are doubted. A code that is known elsewhere is none either.

    >>> shorter({"007": 1, "012": 1, "113": 1, "205": 1, "9": 1})
    {'9': {'length': 1, 'expected': 3, 'other': '009', 'variant': 'zeros'}}
    >>> shorter({"98": 1, "99": 1, "100": 1, "101": 1, "102": 1})
    {}
    """
    if len(set(map(len, codes))) < 2:
        return {}
    lengths: Counter[int] = Counter()
    digits = [code for code in codes if code.isascii() and code.isdigit()]
    for code in digits:
        lengths[len(code)] += codes[code]
    usual, times = max(lengths.items(), key=lambda item: (item[1], item[0]), default=(0, 0))
    zeros = any(code[0] == "0" for code in digits if len(code) == usual)
    if times < MOST * lengths.total() or lengths.total() < FEWEST or not (zeros or usual >= STRUCTURED):
        return {}
    found: dict[str, dict[str, Any]] = {}
    for code in digits:
        if len(code) < usual and code not in known:
            whole = code.zfill(usual)
            variant = "known" if whole in known or whole in codes else "zeros" if zeros else ""
            found[code] = {"length": len(code), "expected": usual, "other": whole}
            found[code] |= {"variant": variant} if variant else {}
    return found


def look_alike(codes: Mapping[str, int]) -> dict[str, dict[str, Any]]:
    """Return codes with an O or l among codes of digits, and what was probably meant.

    >>> look_alike({"522601": 3, "522602": 2, "5226O3": 1, "B22604": 0})
    {'5226O3': {'other': '522603'}}
    """
    digits = sum(times for code, times in codes.items() if code.isdigit())
    if digits < MOST * sum(codes.values()):
        return {}
    return {
        code: {"other": meant}
        for code in codes
        if not code.isdigit() and any(letter.isdigit() for letter in code)
        and (meant := code.translate(_LOOK_ALIKE)).isdigit()
    }  # fmt: skip


def separated(codes: Mapping[str, int]) -> dict[str, dict[str, Any]]:
    """Return codes with separators inside where most codes of the column have none.

    >>> separated({"522601001": 9, "522601-002": 1}), separated({"A-1": 5, "A-2": 5})
    ({'522601-002': {}}, {})
    """
    apart = [code for code in codes if _SEPARATORS.search(code)]
    total = sum(codes.values())
    few = total - sum(codes[one] for one in apart) >= MOST * total
    return {code: {} for code in apart} if few else {}


def rounded(codes: Mapping[str, int]) -> dict[str, dict[str, Any]]:
    """Return codes of 17 digits and more that end in zeros from place 16 on, where other long codes do not.

    >>> rounded({"522601001001002000": 1, "522601001001002007": 1}), rounded({"522601001001002000": 1})
    ({'522601001001002000': {}}, {})
    """
    if max(map(len, codes), default=0) <= EXACT + 1:
        return {}
    long = [code for code in codes if len(code) > EXACT + 1 and code.isdigit()]
    flat = [code for code in long if not code[EXACT:].strip("0")]
    return {code: {} for code in flat} if len(flat) < len(long) else {}
