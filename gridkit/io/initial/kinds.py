"""Which layer or registry a table looks like: headers, vocabularies, codes, names of places, names of files."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from functools import lru_cache
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Final

from gridkit.io.dictionary import field_of, match
from gridkit.io.text import cell_text, compact
from gridkit.io.vocabulary import vocabulary_of
from gridkit.locale import gettext
from gridkit.model.fields import COMMUNITY, COMPOUND, GRID, LAYER_FIELDS, LEVELS, REGISTRY_FIELDS, REQUIRED, STREET

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

DISTRICT: Final = "district"
"""Polygons above the streets: no level of a project, but told from the others, and good to test a datum with."""

KINDS: Final = (*LEVELS, *REGISTRY_FIELDS)
SAMPLE: Final = 2000
"""So many cells of a column tell what it holds."""

_FAMILY: Final = {"compounds": COMPOUND}
_WORDS: Final[Mapping[str, str]] = MappingProxyType(
    {
        STREET: "街道 乡镇 镇街 street subdistrict township jiedao",
        COMMUNITY: "社区 居委 村居 communit shequ",
        GRID: "网格 grid wangge",
        COMPOUND: "小区 院落 楼院 住宅 楼盘 compound estate xiaoqu",
        DISTRICT: "区县 区界 县界 市辖区 district county",
        "branches": "党组织 党支部 支部 党委 基层党 branch party",
        "units": "单位 机关 驻区 unit",
        "premises": "驻地 premises",
        "pairings": "结对 包保 包联 pairing",
        "property_companies": "物业企业 物业公司 property_compan",
        "property_service": "物业服务 服务小区 property_service",
        "owners_committees": "业委会 业主委员会 物管会 owners",
        "service_points": "党群服务 服务中心 服务站 阵地 驿站 service_point",
        "ledgers": "三单 清单 诉求 问题 ledger",
        "codes": "代码 区划 codes",
    }
)
_ENDINGS: Final = (
    (STREET, re.compile(r".+(?:街道|街道办事处|街道办|镇|乡|地区|开发区|农场|苏木)")),
    (COMMUNITY, re.compile(r".+(?:社区|居委会|村委会|居民委员会|村民委员会|社区居委会|村)")),
    (GRID, re.compile(r".*(?:网格|微格|责任区)\d*")),
    (COMPOUND, re.compile(r".+(?:小区|花园|家园|苑|公寓|大院|里|园|城|府|庭|居|楼|院|宿舍|[一二三四五六七八九十]期)")),
    (DISTRICT, re.compile(r".+(?:区|县|市|旗|州|盟)")),
)  # fmt: skip
_ENGLISH: Final = re.compile(r"[a-z_]+")
_LEAST: Final = 0.8
"""A table that says less about itself, in headers that few kinds share, is taken for nothing."""


@dataclass(frozen=True)
class Guess:
    """That a table is of one kind: how much speaks for it, where its fields stand, and what was seen."""

    kind: str
    score: float
    fields: Mapping[str, int]
    reasons: tuple[str, ...] = ()

    @property
    def lacking(self) -> tuple[str, ...]:
        """Fields that every row should fill and no column was found for."""
        return tuple(field for field in REQUIRED.get(self.kind, ()) if field not in self.fields)


def family(kind: str) -> str:
    """Return what a kind is about: a layer and a registry of compounds are about the same things."""
    return _FAMILY.get(kind, kind)


@lru_cache(maxsize=1 << 16)
def meaning(header: str) -> Mapping[str, str]:
    """Return kind -> field of every kind in which a header means something.

    >>> dict(meaning("网点名称"))
    {'property_service': 'site_name'}
    """
    return {kind: field for kind in KINDS if (field := field_of(header, kind))}


def _weight(header: str, among: Sequence[str]) -> float:
    """Return how much a header tells: 1 where one kind uses it, less the more do."""
    families = {family(kind) for kind in meaning(header) if kind in among}
    return 1 / len(families) if families else 0.0


def likely(rows: Iterable[Sequence[object]]) -> list[str]:
    """Return the kinds of which some row names at least two headers, the best first: where a search is worth while."""
    best: Counter[str] = Counter()
    for row in rows:
        found: dict[str, set[str]] = {}
        for cell in row:
            text = cell if isinstance(cell, str) else ""
            for kind, field in meaning(text).items() if 0 < len(text) <= 60 else ():
                found.setdefault(kind, set()).add(field)
        for kind, fields in found.items():
            best[kind] = max(best[kind], len(fields))
    return [
        kind for kind, count in sorted(best.items(), key=lambda item: (-item[1], KINDS.index(item[0]))) if count > 1
    ]


def guess(kind: str, headers: Sequence[str], columns: Sequence[Sequence[Any]], *, names: Sequence[str]) -> Guess:
    """Say how much a table looks like a registry of ``kind``.

    Parameters
    ----------
    kind : str
        Registry kind, or level for a table of places.
    headers : sequence of str
        Header of each column.
    columns : sequence of sequences
        Cells of each column.
    names : sequence of str
        Names of the file and its sheet, and the title.
    """
    fields = match(headers, kind).fields
    told = sum(_weight(headers[position], KINDS) for position in fields.values())
    needed = [field in fields for field in REQUIRED[kind]]
    score = told + 1.5 * sum(needed) / len(needed)
    reasons = [
        gettext("{n} of {of} headers are known").format(n=len(fields), of=sum(bool(header) for header in headers))
    ]
    if told < _LEAST and not (kind == "codes" and all(needed)):
        score = min(score, _LEAST)
    fit = _vocabulary_fit(kind, fields, columns)
    score += fit
    word = named(kind, names)
    if word:
        score += 1.5
        reasons.append(gettext("its name says {word}").format(word=word))
    return Guess(kind, score, dict(fields), tuple(reasons))


def _vocabulary_fit(kind: str, fields: Mapping[str, int], columns: Sequence[Sequence[Any]]) -> float:
    """Return what the values of the vocabulary columns say for or against a kind."""
    types = LAYER_FIELDS[kind] if kind in LAYER_FIELDS else REGISTRY_FIELDS[kind]
    total = 0.0
    for field, position in fields.items():
        if types.get(field) != "vocab":
            continue
        to_code = vocabulary_of(field)
        texts = sample(columns[position])
        if texts:
            share = sum(to_code(text)[1] == "" for text in texts) / len(texts)
            total += 0.5 if share >= 0.7 else -0.7 if share < 0.3 else 0.0
    return total


def sample(column: Sequence[Any]) -> list[str]:
    """Return the filled cells among the first of a column, as text."""
    return [text for cell in column[:SAMPLE] if (text := cell_text(cell).strip())]


def named(kind: str, names: Sequence[str]) -> str:
    """Return the longest word in the names that stands for ``kind``; English words only as words of their own.

    >>> named("branches", ["registries/党支部名册.xlsx"]), named("grid", ["gridkit.csv"]), named("grid", ["grids.shp"])
    ('党支部', '', 'grids')
    """
    found = []
    for name in names:
        text = compact(name)
        words = _ENGLISH.findall(text)
        for word in _WORDS.get(family(kind), "").split():
            if word.isascii():
                found += [part.strip("_") for part in words if part.startswith(word) and len(part) - len(word) <= 3]
            elif word in text:
                found.append(word)
    return max((word for word in found if word != "gridkit"), key=len, default="")


def guess_level(
    headers: Sequence[str], columns: Sequence[Sequence[Any]], *, names: Sequence[str], cut: bool = False
) -> list[Guess]:
    """Return how much a boundary layer looks like each level, and like districts, the best first.

    Parameters
    ----------
    headers, columns : sequences
        Attributes and their values.
    names : sequence of str
        Names of the file and its layer.
    cut : bool
        Whether names may have been cut short by the file format.
    """
    codes = code_level(headers, columns)
    places, share = name_level(headers, columns)
    guesses = []
    for level in (*LEVELS, DISTRICT):
        fields = match(headers, level, cut=cut).fields if level != DISTRICT else {}
        told = sum(_weight(headers[position], LEVELS) for position in fields.values())
        score, reasons = told, []
        if fields:
            reasons.append(gettext("{n} of {of} headers are known").format(n=len(fields), of=len(headers)))
        if codes == level:
            score += 2
            reasons.append(gettext("codes of that length"))
        if places == level:
            score += 2
            reasons.append(gettext("{share} % of the names end like it").format(share=round(100 * share)))
        word = named(level, names)
        if word:
            score += 2
            reasons.append(gettext("its name says {word}").format(word=word))
        guesses.append(Guess(level, score, dict(fields), tuple(reasons)))
    return sorted(guesses, key=lambda one: -one.score)


def code_level(headers: Sequence[str], columns: Sequence[Sequence[Any]]) -> str:
    """Return the level whose codes the first column of distinct codes holds, ``""`` where none is.

    A county has 6 digits, a street 9, a community 12, a grid 15 or 18; zeros at the end fill a code up to 12.

    >>> code_level(["编号", "x"], [["522601001000", "522601002000"], ["a", "b"]])
    'street'
    """
    del headers
    for column in columns:
        texts = sample(column)
        if len(texts) < max(1, len(column[:SAMPLE]) * 0.8) or len(set(texts)) < len(texts) * 0.95:
            continue
        level = length_level(texts)
        if level:
            return level
    return ""


def length_level(codes: Sequence[str]) -> str:
    """Return the level of a list of codes by their length.

    >>> length_level(["522601001001", "522601001002"]), length_level(["1", "2"])
    ('community', '')
    """
    levels = Counter(_level_of_code(code) for code in codes)
    level, count = levels.most_common(1)[0] if levels else ("", 0)
    return level if count >= 0.8 * len(codes) else ""


def _level_of_code(code: str) -> str:
    if not code.isdigit():
        return COMPOUND if re.fullmatch(r"\d{12,}[A-Za-z]\d+", code) else ""
    if len(code) == 6 or (len(code) == 12 and code.endswith("000000")):
        return DISTRICT
    if len(code) == 9 or (len(code) == 12 and code.endswith("000")):
        return STREET
    return {12: COMMUNITY, 15: GRID, 18: GRID}.get(len(code), "")


def name_level(headers: Sequence[str], columns: Sequence[Sequence[Any]]) -> tuple[str, float]:
    """Return the level whose names the best column of distinct names holds, and the share of names that say so."""
    best: tuple[float, str] = (0.0, "")
    for header, column in zip(headers, columns, strict=True):
        texts = [text for text in sample(column) if not text.isascii()]
        if len(texts) < max(1, len(column[:SAMPLE]) * 0.6) or len(set(texts)) < min(3, len(texts)):
            continue
        own = 0.05 if "name" in meaning(header).values() else 0.0  # what is called a name outranks what is not
        ends = Counter(next((level for level, end in _ENDINGS if end.fullmatch(text)), "") for text in texts)
        level, count = ends.most_common(1)[0]
        distinct = len(set(texts)) / len(texts)  # a name of a parent repeats, a name of its own does not
        if level and count >= 0.5 * len(texts) and distinct > 0.7:
            best = max(best, (count / len(texts) * distinct + own, level))
    return best[1], min(best[0], 1.0)
