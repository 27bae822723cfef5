"""Which parent a text states: names of places inside addresses, and first words of addresses learned from the data."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

import numpy as np
import pandas as pd

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from numpy.typing import NDArray

SUFFIX: Final = re.compile(
    r"(?:社区居民委员会|村民委员会|居民委员会|社区居委会|村委会|居委会|街道办事处|地区办事处|办事处|街道|地区|社区|镇|乡|村|区|县)$"
)
SHORTEST: Final = 2
"""A name of one character is found everywhere."""
PREFIX: Final = 2
"""Characters of the first word of an address: names of districts have two or more."""
FREQUENT: Final = 15
"""Addresses that must begin with a word before anything is learned from it."""
MOSTLY: Final = 0.5
"""Part of them that must lie in one area."""
_BRACKETS: Final = re.compile(r"^[\s\[\](){}（）【】〔〕［］<>《》,，、.。:：;；/\\-]+")
_WIDER: Final = re.compile(r"^(?:[^省市区县\s]{2,8}?(?:省|自治区))?(?:[^省市区县\s]{2,8}?(?:市|自治州|地区|盟))?")

_OFFICE: Final = re.compile(
    r"(社区)?(居民委员会|居委会|村民委员会|村委会)$|(?<=街道)办事处$|(?<=街道)办$|(?<=[镇乡])人民政府$"
)


def bare(name: str) -> str:
    """Return the name of a place without the word for what it is.

    >>> bare("东华门街道"), bare("启明社区居委会"), bare("乡")
    ('东华门', '启明', '乡')
    """
    short = SUFFIX.sub("", name)
    return short if len(short) >= SHORTEST else name


def bare_name(name: str) -> str:
    """Return the name of a place without the office in it: two names that differ in no more mean one place.

    >>> bare_name("多福巷社区居委会"), bare_name("多福巷社区"), bare_name("白浪街道办事处"), bare_name("西村村委会")
    ('多福巷', '多福巷', '白浪街道', '西村')
    """
    found = _OFFICE.sub("", re.sub(r"\s+", "", name))
    found = re.sub(r"街办$", "街道", found)
    return found.removesuffix("社区") or name


def labels_in(texts: pd.Series, names: pd.Series | Sequence[str]) -> pd.Series:
    """Return the code of the place that each text names.

    Full names go before names without their suffix, and within each the one that the text begins with, then the
    longest. A text that names two places equally, or a place whose name two codes share, says nothing.

    Parameters
    ----------
    texts : pandas.Series of str
        Addresses.
    names : pandas.Series of str, or sequence of str
        Names of places, indexed by code; of a plain sequence the name itself stands for the code.

    Returns
    -------
    pandas.Series of str
        On the index of ``texts``; ``""`` where no place is named.

    Examples
    --------
    >>> names = pd.Series({"s1": "六铺炕街道", "s2": "望京街道"})
    >>> labels_in(pd.Series(["[西城]六铺炕一区", "朝阳 望京街道利泽西园", "六铺炕与望京之间", ""]), names).to_list()
    ['s1', 's2', 's1', '']
    """
    if not isinstance(names, pd.Series):
        names = pd.Series(list(names), index=list(names), dtype=object)
    full = _unique((name, code) for code, name in names.items())
    short = _unique((bare(name), code) for code, name in names.items())
    known: dict[str, str] = {}
    out = []
    for text in texts:
        if text not in known:
            clean = _BRACKETS.sub("", str(text))
            known[text] = _named(clean, full) or _named(clean, short)
        out.append(known[text])
    return pd.Series(out, index=texts.index, dtype=object)


def _unique(pairs: Iterable[tuple[str, object]]) -> dict[str, str]:
    """Return name -> code of the names that one place has."""
    found: dict[str, set[str]] = {}
    for name, code in pairs:
        if len(str(name)) >= SHORTEST:
            found.setdefault(str(name), set()).add(str(code))
    return {name: codes.pop() for name, codes in found.items() if len(codes) == 1}


def _named(text: str, names: Mapping[str, str]) -> str:
    lengths = sorted({len(name) for name in names}, reverse=True)
    local = _WIDER.sub("", text, count=1)
    for start in dict.fromkeys((text, local)):
        for length in lengths:
            if start[:length] in names:
                return names[start[:length]]
    for length in lengths:
        found = {
            names[text[at : at + length]] for at in range(len(text) - length + 1) if text[at : at + length] in names
        }
        if found:
            return found.pop() if len(found) == 1 else ""
    return ""


def first_words(texts: pd.Series) -> pd.Series:
    """Return the first two characters of addresses after province and city.

    >>> first_words(pd.Series(["[丰台 ] 西四环中路112号", "北京市朝阳区百子湾路", "贵州省凯里市大十字街道"])).to_list()
    ['丰台', '朝阳', '大十']
    """
    clean = [_WIDER.sub("", _BRACKETS.sub("", str(text)), count=1) for text in texts]
    words = [re.sub(r"\s", "", one)[:PREFIX] for one in clean]
    return pd.Series([word if len(word) == PREFIX else "" for word in words], index=texts.index, dtype=object)


def learned(words: pd.Series, areas: Mapping[str, NDArray[np.object_]]) -> pd.Series:
    """Return the area that each first word stands for, learned from where such addresses lie.

    A word counts where 15 addresses begin with it and most of them lie in one area, the same one under every
    hypothesis: a district of tens of kilometres, which no shift of the datum moves them out of. So what is learned
    favours none of them.

    Parameters
    ----------
    words : pandas.Series of str, shape (n,)
        From :func:`first_words`.
    areas : mapping of str to array of str, shape (n,)
        Hypothesis -> area in which each feature lies under it, ``""`` for none.

    Returns
    -------
    pandas.Series of str
        Area per feature, ``""`` where nothing was learned.
    """
    spelled = words.to_numpy(dtype=object)
    counts = pd.Series(spelled).value_counts()
    meaning: dict[str, str] = {}
    for word in sorted(str(one) for one in counts.index[counts >= FREQUENT] if one):
        mine = spelled == word
        tops = set()
        for found in areas.values():
            names, numbers = np.unique(found[mine].astype(str), return_counts=True)
            top = int(np.argmax(numbers))
            tops.add(str(names[top]) if numbers[top] >= MOSTLY * mine.sum() else "")
        if len(tops) == 1 and "" not in tops:
            meaning[word] = tops.pop()
    return pd.Series([meaning.get(word, "") for word in spelled], index=words.index, dtype=object)
