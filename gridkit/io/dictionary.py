"""Which column is which: the headers that offices write, for each layer and registry (domain section 7.1)."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from types import MappingProxyType
from typing import TYPE_CHECKING, Final

from gridkit.io.headers import HEADERS
from gridkit.io.text import word
from gridkit.model.fields import LAYER_FIELDS, REGISTRY_FIELDS

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

_BRACKETS: Final = re.compile(r"\([^)]*\)|\[[^\]]*\]|【[^】]*】|<[^>]*>")
_PUNCTUATION: Final = re.compile(
    r"[()\[\]【】〔〕「」『』《》〈〉<>{}_/\\|.。·•・、,，:：;；*\"'“”‘’?？!！#＃&+=^~～—–－\ufffd※★☆▲△◆◇●○■□-]"
)
_VAGUE: Final = (
    "名称 编号 编码 代码 类型 数量 人数 时间 日期 层级 级别 状态 面积 地址 种类 类别 情况 总数 数 党员数 党员 "
    "成立时间 任期届满 依据 name code kind"
)
_YEAR: Final = re.compile(r"(?<!\d)((?:19|20)\d\d)年")
_GENERIC: Final = frozenset(_VAGUE.split())
"""Last parts of two-row headers that say nothing without the part above them."""

PREFIX: Final = 3
"""A name cut by a Shapefile is recognised from this many characters on."""


SHORTENED: Final = 10
"""Bytes of a column name in a Shapefile."""

_NUMBERED: Final = re.compile(r"_\d{1,2}$")
_UNIT_ALONE: Final = re.compile(
    r"[(\[【]?(?:单位:?)?(?:万人|万户|万|人|户|个|名|栋|幢|座|家|套|支|年|平方米|平米|m2|亩|公顷|平方公里|km2|%|[是有][/或]?[否无])[)\]】]?"
)
_ADDS_NOTHING: Final = frozenset(("其中", "情况", "基本情况", "基本信息", "基础信息", "概况"))
_ENDS_VAGUELY: Final = re.compile(r"(?:基本)?(?:情况|信息|人数|数量|数)?(?:[(（][人户个名][)）])?$")
_OF_OTHERS: Final = re.compile(r"物业|业委会|业主委员会|物管会|自管会|驻区单位|共建单位")
_OWN_FIELDS: Final = frozenset((
    "name", "formal_members", "probationary_members", "members_reported", "members_transferred", "eligible",
    "branch_name",
))  # fmt: skip
"""Fields of a compound that a group of columns about its property company or committee has as well."""


@dataclass(frozen=True)
class Columns:
    """How the columns of a file were understood.

    Parameters
    ----------
    fields : Mapping of str to int
        Field -> position of its column.
    rivals : Mapping of str to int
        Position -> field, of columns that mean a field which an earlier or better column already has.
    cut : Mapping of str to int
        Fields recognised from a shortened name.
    """

    fields: Mapping[str, int]
    rivals: Mapping[int, str]
    cut: Mapping[str, int]


def fields_of(kind: str) -> tuple[str, ...]:
    """Return every field that a file of ``kind`` may have; layers have a ``code`` and may have a point."""
    if kind in LAYER_FIELDS:
        return ("code", *LAYER_FIELDS[kind], "lon", "lat", "datum")
    return tuple(REGISTRY_FIELDS[kind])


def spellings(header: str) -> tuple[str, ...]:
    """Return the forms in which a header is looked up, the most exact first.

    Simplified, half width, without readings and punctuation; then also without what stands in brackets.

    >>> spellings("覆盖小区（网格）"), spellings("小(xiǎo)區(qū)名稱"), spellings("人口（万人）")
    (('覆盖小区网格', '覆盖小区'), ('小区名称',), ('人口万人', '人口'))
    """
    text = word(header)
    full, bare = _PUNCTUATION.sub("", text), _PUNCTUATION.sub("", _BRACKETS.sub("", text))
    return tuple(dict.fromkeys(form for form in (full, bare) if form))


@cache
def _aliases(kind: str) -> Mapping[str, str]:
    """Return spelling -> field; the first field in the dictionary wins a spelling that two fields list."""
    table: dict[str, str] = {}
    for name in fields_of(kind):
        table.setdefault(name.replace("_", ""), name)
    for name, labels in HEADERS[kind].items():
        for label in labels.split():
            for form in spellings(label)[:1]:
                table.setdefault(form, name)
    return MappingProxyType(table)


def field_of(header: str, kind: str) -> str:
    r"""Return the field that a header means, ``""`` for none.

    The parts of a header of two to four rows are joined by ``_``; together they mean something, or two of them do, or
    the last one alone where it is specific enough and the parts above speak of nobody else.

    >>> field_of("党员情况_正式党员数", "compounds"), field_of("是否符合\n组建条件", "compounds")
    ('formal_members', 'eligible')
    >>> field_of("基本情况_小区_名称", "compounds"), field_of("党员数_其中_正式", "compounds")
    ('name', 'formal_members')
    >>> field_of("物业服务企业_正式党员数", "compounds")
    ''
    """
    table = _aliases(kind)
    for form in spellings(header):
        if form in table:
            return table[form]
    parts = [part for part in header.split("_") if part.strip()]
    kept = [part for part in parts if word(part) not in _ADDS_NOTHING and not _UNIT_ALONE.fullmatch(word(part))]
    if len(kept) < len(parts) and kept:
        return field_of("_".join(kept), kind)
    if len(parts) < 2:
        return ""
    return _of_two(parts, table) or _of_last(parts, kind, table)


def _of_two(parts: Sequence[str], table: Mapping[str, str]) -> str:
    """Return the field that the last part means together with one or more above it."""
    *above, last = [word(part) for part in parts]
    joined = ["".join([*above[first:], last]) for first in range(1, len(above))]
    heads = [head for part in reversed(above) for head in dict.fromkeys((part, _ENDS_VAGUELY.sub("", part)))]
    pairs = [text for head in heads for text in (head + last, last + head)]
    for text in [*joined, *pairs]:
        for form in spellings(text)[:1]:
            if form in table:
                return table[form]
    return ""


def _of_last(parts: Sequence[str], kind: str, table: Mapping[str, str]) -> str:
    for form in spellings(parts[-1]):
        if form in table and form not in _GENERIC:
            found = table[form]
            others = kind in ("compound", "compounds") and found in _OWN_FIELDS
            return "" if others and _OF_OTHERS.search(word("_".join(parts[:-1]))) else found
    return ""


def cut_fields(header: str, kind: str) -> frozenset[str]:
    """Return the fields of which ``header`` may be a shortened name.

    A Shapefile numbers names that became equal (``_1``); a character cut in half is left out; letters of English names
    count only where they fill the place.

    >>> sorted(cut_fields("正式党", "compounds")), len(cut_fields("所属综合_1", "compounds"))
    (['formal_members'], 1)
    >>> sorted(cut_fields("community_", "compounds")), sorted(cut_fields("所属社\ufffd", "compounds"))
    (['community_code', 'community_name'], ['community_code', 'community_name'])
    """
    name = _NUMBERED.sub("", header.strip().rstrip("\ufffd?"))
    form = _PUNCTUATION.sub("", word(name))
    full = len(header.strip()) == SHORTENED
    if len(form) < PREFIX or (form.isascii() and not full):
        return frozenset()
    return frozenset(found for alias, found in _aliases(kind).items() if alias.startswith(form))


def _cut_field(header: str, kind: str) -> str:
    """Return the one field of which ``header`` is a shortened name."""
    found = cut_fields(header, kind)
    return next(iter(found)) if len(found) == 1 else ""


def match(headers: Sequence[str], kind: str, *, stated: Mapping[str, str] | None = None, cut: bool = False) -> Columns:
    """Find the field of every column.

    Parameters
    ----------
    headers : sequence of str
        Header of each column as in the file.
    kind : str
        Layer level or registry kind.
    stated : mapping of str to str, optional
        Field -> header from the project file; it outranks the dictionary.
    cut : bool
        Also recognise names that a Shapefile cut short.

    Examples
    --------
    >>> dict(match(["序号", "小区名称", "户 数"], "compounds").fields)
    {'name': 1, 'households': 2}
    """
    fields: dict[str, int] = {}
    wanted = {}
    for name, header in (stated or {}).items():
        position = stated_position(headers, header)
        if position is not None:
            fields[name] = position
            wanted[position] = name
    rivals: dict[int, str] = {}
    for position, header in enumerate(headers):
        name = "" if position in wanted else field_of(header, kind)
        if name and name in fields:
            used, other = year_of(headers[fields[name]]), year_of(header)
            if used == other or fields[name] in wanted:
                rivals[position] = name
            elif used and other > used:
                fields[name] = position  # the newer year; the older one is another thing and stays unread
        elif name:
            fields[name] = position
    shortened = _shortened(headers, kind, fields, rivals) if cut else {}
    return Columns({**fields, **shortened}, rivals, shortened)


def year_of(header: str) -> int:
    """Return the year that a header speaks of, 0 without one.

    >>> year_of("2023年_户数"), year_of("正式党员数（2024年）"), year_of("户数")
    (2023, 2024, 0)
    """
    found = _YEAR.search(word(header))
    return int(found[1]) if found else 0


def stated_position(headers: Sequence[str], wanted: str) -> int | None:
    """Return the column that the project file names: the exact text, else the same spelling, else the last part."""
    for test in (
        lambda header: header == wanted,
        lambda header: spellings(header)[:1] == spellings(wanted)[:1],
        lambda header: spellings(header.split("_")[-1])[:1] == spellings(wanted)[:1],
    ):
        found = [position for position, header in enumerate(headers) if header and test(header)]
        if found:
            return found[0]
    return None


def _shortened(
    headers: Sequence[str], kind: str, fields: Mapping[str, int], rivals: Mapping[int, str]
) -> dict[str, int]:
    """Return fields that exactly one of the remaining columns can be, by a shortened name."""
    taken = {*fields.values(), *rivals}
    found: dict[str, list[int]] = {}
    for position, header in enumerate(headers):
        name = "" if position in taken else _cut_field(header, kind)
        if name and name not in fields:
            found.setdefault(name, []).append(position)
    return {name: positions[0] for name, positions in found.items() if len(positions) == 1}
