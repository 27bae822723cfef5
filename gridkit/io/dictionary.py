"""Which column is which: the headers that offices write, for each layer and registry (domain section 7.1)."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from types import MappingProxyType
from typing import TYPE_CHECKING, Final

from gridkit.io.headers import HEADERS
from gridkit.io.text import compact
from gridkit.model.fields import LAYER_FIELDS, REGISTRY_FIELDS

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

_BRACKETS: Final = re.compile(r"\([^)]*\)|\[[^\]]*\]|【[^】]*】|<[^>]*>")
_PUNCTUATION: Final = re.compile(r"[()\[\]【】<>_/\\.·、,:;*\"'“”?!#-]")
_VAGUE: Final = (
    "名称 编号 编码 代码 类型 数量 人数 时间 日期 层级 级别 状态 面积 地址 种类 类别 情况 总数 数 党员数 党员 "
    "成立时间 任期届满 依据 name code kind"
)
_GENERIC: Final = frozenset(_VAGUE.split())
"""Last parts of two-row headers that say nothing without the part above them."""

PREFIX: Final = 3
"""A name cut by a Shapefile is recognised from this many characters on."""


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

    >>> spellings("覆盖小区（网格）")
    ('覆盖小区网格', '覆盖小区')
    """
    text = compact(header)
    full, bare = _PUNCTUATION.sub("", text), _PUNCTUATION.sub("", _BRACKETS.sub("", text))
    return tuple(dict.fromkeys(form for form in (full, bare) if form))


@cache
def _aliases(kind: str) -> Mapping[str, str]:
    """Return spelling -> field; the first field in the dictionary wins a spelling that two fields list."""
    table: dict[str, str] = {}
    for field in fields_of(kind):
        table.setdefault(field.replace("_", ""), field)
    for field, labels in HEADERS[kind].items():
        for label in labels.split():
            for form in spellings(label)[:1]:
                table.setdefault(form, field)
    return MappingProxyType(table)


def field_of(header: str, kind: str) -> str:
    r"""Return the field that a header means, ``""`` for none.

    The parts of a two-row header are joined by ``_``; the last part alone decides where it is specific enough.

    >>> field_of("党员情况_正式党员数", "compounds"), field_of("是否符合\n组建条件", "compounds")
    ('formal_members', 'eligible')
    """
    table = _aliases(kind)
    for form in spellings(header):
        if form in table:
            return table[form]
    parts = [part for part in header.split("_") if part.strip()]
    if len(parts) > 1:
        for form in spellings(parts[-1]):
            if form in table and form not in _GENERIC:
                return table[form]
    return ""


def cut_fields(header: str, kind: str) -> frozenset[str]:
    """Return the fields of which ``header`` may be a shortened name.

    >>> sorted(cut_fields("正式党", "compounds")), len(cut_fields("所属综合_1", "compounds"))
    (['formal_members'], 1)
    """
    form = re.sub(r"_\d+$", "", compact(header))
    form = _PUNCTUATION.sub("", form)
    if len(form) < PREFIX or form.isascii():
        return frozenset()
    return frozenset(field for alias, field in _aliases(kind).items() if alias.startswith(form))


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
    for field, header in (stated or {}).items():
        position = stated_position(headers, header)
        if position is not None:
            fields[field] = position
            wanted[position] = field
    rivals: dict[int, str] = {}
    for position, header in enumerate(headers):
        field = "" if position in wanted else field_of(header, kind)
        if field and field in fields:
            rivals[position] = field
        elif field:
            fields[field] = position
    shortened = _shortened(headers, kind, fields, rivals) if cut else {}
    return Columns({**fields, **shortened}, rivals, shortened)


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
        field = "" if position in taken else _cut_field(header, kind)
        if field and field not in fields:
            found.setdefault(field, []).append(position)
    return {field: positions[0] for field, positions in found.items() if len(positions) == 1}
