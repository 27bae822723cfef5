"""Which compounds a name resembles, wherever its row says that it lies."""

from __future__ import annotations

import re
import unicodedata
from typing import TYPE_CHECKING, Final

import opencc
import pandas as pd

if TYPE_CHECKING:
    from collections.abc import Sequence

COMMON: Final = 0.01
"""A pair of characters that more of the names hold than this share says nothing."""
FEW: Final = 5
MANY: Final = 60
"""So many names may always share a pair, and so many at most."""
LONGEST: Final = 60
"""Characters of a name that are compared."""
_NOISE: Final = re.compile(r"[^0-9A-Z\u3400-\u9fff]|小区|花园|家园|公寓|新村|新城|社区|广场|大院|家属院|宿舍")
"""What is left out before names are compared: signs, and the words that say only what kind of place it is."""


def resembling(mentions: pd.Series, names: pd.Series) -> pd.DataFrame:
    """Return which of ``names`` each of ``mentions`` is most like.

    Parameters
    ----------
    mentions, names : pandas.Series of text
        Traditional characters, signs and type words do not matter.

    Returns
    -------
    pandas.DataFrame
        ``mention`` and ``name``: labels of the two indexes. A mention is most like the name with which it has the
        largest share of its neighbouring characters in common (several where they are equal), and like none with which
        it shares only pairs that more than ``COMMON`` of the names hold. Cost is linear in such couples.

    Examples
    --------
    >>> names = pd.Series({"a1": "金桂家园", "a2": "银杏小区", "a3": "翠湖苑一期", "a4": "翠湖苑二期"})
    >>> resembling(pd.Series({7: "金桂花園", 8: "杏林", 9: "翠湖", 10: "翠湖苑二"}), names).to_numpy().tolist()
    [[7, 'a1'], [9, 'a3'], [9, 'a4'], [10, 'a4']]
    """
    known, said = _pairs(names), _pairs(mentions)
    counts = known["pair"].value_counts()
    rare = counts.index[counts <= max(FEW, min(COMMON * len(names), MANY))]
    part = known[known["pair"].isin(rare)]
    couples = said.merge(part, on="pair", suffixes=("_mention", "_name"))[["at_mention", "at_name"]].drop_duplicates()
    couples = couples.set_axis(["mention", "name"], axis=1).reset_index(drop=True)
    ours, theirs = (table.groupby("at")["pair"].agg(frozenset).to_dict() for table in (said, known))
    share = [
        len(ours[one] & theirs[other]) / len(ours[one] | theirs[other])
        for one, other in couples.itertuples(index=False)
    ]  # fmt: skip
    couples["share"] = share
    best = couples["share"] == couples.groupby("mention")["share"].transform("max")
    return couples.loc[best, ["mention", "name"]].reset_index(drop=True)


def _pairs(texts: pd.Series) -> pd.DataFrame:
    """Return ``at`` (label) and ``pair`` of every text: each two neighbouring characters, each once."""
    easy = _simplified([str(text)[:LONGEST] for text in texts])
    rows = [
        (at, pair)
        for at, text in zip(texts.index, easy, strict=True)
        for part in _NOISE.sub(" ", unicodedata.normalize("NFKC", text).upper()).split()
        for pair in dict.fromkeys(part[one : one + 2] for one in range(len(part) - 1))
    ]
    return pd.DataFrame(rows, columns=["at", "pair"], dtype=object)


def _simplified(texts: Sequence[str]) -> list[str]:
    joined = "\n".join(" ".join(text.split()) for text in texts)
    return opencc.OpenCC("t2s").convert(joined).split("\n") if texts else []
