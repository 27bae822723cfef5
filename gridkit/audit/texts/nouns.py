"""What a number counts: the noun behind it, or else the one before it."""

from __future__ import annotations

import re
from typing import Final

from gridkit.audit.texts.words import BREAKS, LAST_VERB, LEADING, LOST, NO_NOUN, STOP_AFTER, TRAILING

_QUOTES: Final = str.maketrans("", "", "“”‘’「」『』\"'")
_BRACKETS: Final = re.compile(r"\([^()]{0,20}\)|【[^【】]{0,20}】|\[[^\[\]]{0,20}\]")
_BREAK: Final = re.compile(f"[{re.escape(BREAKS)}]")
_RATES: Final = (
    "覆盖率",
    "组建率",
    "完成率",
    "办结率",
    "结对率",
    "满意率",
    "满意度",
    "占比",
    "比例",
    "率",
    "数量",
    "人数",
    "数",
)
_JOINED: Final = re.compile(r"[、和与及]")
_ACTOR: Final = re.compile("已|共|累计|分别|公开|单位|部门|社区$|街道$|党员|群众")
"""Before a verb with these stands who acts, not what is counted: 各单位已完成104个."""

_OF_THESE: Final = re.compile(r"中(?![心学小共央级层介队国医年型专])")
"""中 behind a number says "of these", not what they are: 17家中组建率."""

REACH: Final = 60
"""No noun lies further from its number."""

LONGEST: Final = 30
SHORTEST: Final = 2
"""A verb right behind the first letter is part of the noun: 新选任书记."""


def after(text: str) -> str:
    """Return the noun with which a text begins, "" where it begins with none.

    >>> after("街道和178个"), after("党建指导员。"), after("且符合条件的小区"), after("参与社区活动")
    ('街道', '党建指导员', '', '')
    """
    bare, lost = LOST.subn("", text[:REACH])
    phrase = _BREAK.split(_BRACKETS.sub("", bare).translate(_QUOTES), maxsplit=1)[0]
    number = re.search(r"\d|[Xx×*]{2,}", phrase)
    phrase = phrase[: number.start()] if number else phrase
    if NO_NOUN.match(phrase) or _OF_THESE.match(phrase):
        return ""
    opening = STOP_AFTER.match(phrase)
    if opening and not lost and not phrase.startswith("有"):
        return ""
    least = (opening.end() if opening and lost else 0) + SHORTEST
    end = next((stop.start() for stop in STOP_AFTER.finditer(phrase) if stop.start() >= least), len(phrase))
    return _trimmed(phrase[:end])[:LONGEST]


def before(text: str) -> str:
    """Return the noun with which a text ends, "" where it ends with none.

    >>> before("採取单独建等方式,建立网格党支部"), before("带动业主满意率从"), before("办理"), before("其中“一肩挑”")
    ('网格党支部', '业主满意率', '', '一肩挑')
    """
    phrase = _BREAK.split(_BRACKETS.sub("", text[-REACH:].rstrip("\t:")))[-1].translate(_QUOTES)
    phrase = re.split(r"[()\[\]《》]", TRAILING.sub("", phrase))[-1]
    verb = LAST_VERB.match(phrase)
    found = _trimmed(LEADING.sub("", phrase[verb.end() :] if verb else phrase))
    if not found and verb and len(topic := LEADING.sub("", phrase[: verb.start(1)])) >= SHORTEST:
        found = "" if _ACTOR.search(topic) else _trimmed(topic)
    return found[-LONGEST:]


def _trimmed(phrase: str) -> str:
    return TRAILING.sub("", phrase.strip("的 +-&/·．.%"))


def respective(phrase: str, count: int) -> list[str]:
    """Return the nouns of ``count`` numbers that follow 分别, [] where the phrase does not name so many.

    >>> respective("组织和工作覆盖率", 2), respective("街道、社区、小区数量", 3), respective("小区覆盖率", 2)
    (['组织覆盖率', '工作覆盖率'], ['街道数量', '社区数量', '小区数量'], [])
    """
    parts = [part for part in _JOINED.split(phrase) if part]
    if len(parts) != count or count < 2:
        return []
    tail = next((rate for rate in _RATES if parts[-1].endswith(rate)), "")
    return [part if not tail or part.endswith(tail) else part + tail for part in parts]
