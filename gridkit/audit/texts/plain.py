"""A text as it is matched: simplified, narrow, without readings and spaces, every character with its place."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from gridkit.io.person_spans import TITLES, person_spans
from gridkit.io.text import reading_spans, simplified

if TYPE_CHECKING:
    from collections.abc import Iterator

_DROPPED: Final = frozenset(" \r\u00a0\u3000\u00ad\u200b\u200c\u200d\u2060\ufeff")
_KEPT: Final = frozenset("，。、！？；：")
"""Not made narrow: a wide comma stands inside a number only where its digits are wide as well."""

VEIL: Final = "\ue000"
"""Stands for every character that names or numbers a person: it is no letter, no digit and no noun."""

_OF_HIM: Final = re.compile(
    rf"{VEIL}+[)）\]】]?(?:{TITLES}|等)*(?:(?:负责|联系|联点|包联|包保|分管|牵头|挂点|挂联|挂包|帮扶|走访|结对)的)?"
)
"""A person, and what goes on behind a name up to the thing counted: 同志负责的."""

_WIDE_COMMA: Final = re.compile(r"(?<=[０-９])(，)(?=[０-９]{3}(?![０-９]))")

_END: Final = re.compile(r"[。！？!?；;\n…]")
_HEADING: Final = re.compile(
    r"\s*(?:[(（]?[一二三四五六七八九十\d]{1,3}[)）、.．]|[一二三四五六七八九十]是|第|——|[·•●■◆])"
)
_JOINS: Final = re.compile(r"[\u3400-\u9fff\d，,、]")

SHORTEST_WRAPPED: Final = 25
"""A shorter line that ends without a mark is a heading or a line of a list, not a sentence cut by the margin."""


LONGEST: Final = 2000
"""A sentence that is longer has lost its marks; it is cut, so that the cost stays linear."""


@dataclass(frozen=True, slots=True)
class Plain:
    """A text for matching: ``index[i]`` is where the character ``plain[i]`` stands in ``text``.

    In both, :data:`VEIL` stands for what names or numbers a person.

    Examples
    --------
    >>> found = plain_of("網格(gé)１３ 個")
    >>> found.plain, found.original(2, 5)
    ('网格13个', '１３ 個')
    """

    text: str
    plain: str
    index: tuple[int, ...]

    def original(self, start: int, end: int) -> str:
        """Return what stands in the text where ``plain[start:end]`` was read, ``***`` for persons."""
        return unveiled(self.text[self.index[start] : self.index[end - 1] + 1]) if end > start else ""


def plain_of(text: str) -> Plain:
    """Return a text as it is matched.

    Traditional characters become simplified ones, full-width digits and signs narrow ones; readings in brackets, spaces
    and line ends inside a sentence are left out. ``text`` itself is kept.
    """
    gone = {at for start, end in reading_spans(text) for at in range(start, end)}
    gone |= set(_wraps(text))
    bare = _same_length("".join(map(_narrow, text)))
    kept = [at for at, letter in enumerate(text) if at not in gone and letter not in _DROPPED]
    commas = {hit.start(1) for hit in _WIDE_COMMA.finditer(text)}
    plain = "".join("," if at in commas else bare[at] for at in kept)
    persons = {at for start, end in person_spans(bare) for at in range(start, end)}
    persons |= {kept[at] for start, end in person_spans(plain) for at in range(start, end)}
    if not persons:
        return Plain(text, plain, tuple(kept))
    veiled = "".join(VEIL if at in persons else letter for at, letter in enumerate(text))
    plain = "".join(VEIL if at in persons else letter for at, letter in zip(kept, plain, strict=True))
    return Plain(veiled, _OF_HIM.sub(lambda hit: VEIL * len(hit[0]), plain), tuple(kept))


def unveiled(text: str) -> str:
    """Return a text with ``***`` for each person.

    >>> unveiled(plain_of("由李明同志负责").text)
    '由***同志负责'
    """
    return re.sub(f"{VEIL}+", "***", text)


def _narrow(letter: str) -> str:
    if letter.isascii() or letter in _KEPT:
        return letter
    plain = unicodedata.normalize("NFKC", letter)
    return plain if len(plain) == 1 else letter


def _same_length(text: str) -> str:
    """Return ``text`` simplified, letter for letter where phrases would change its length."""
    found = simplified(text)
    if len(found) == len(text):
        return found
    table = {letter: one for letter in set(text) if len(one := simplified(letter)) == 1}
    return "".join(table.get(letter, letter) for letter in text)


def _wraps(text: str) -> Iterator[int]:
    """Yield the line ends that only the margin made: a long line without a mark at its end, more text below."""
    start = 0
    for found in re.finditer(r"\n", text):
        at = found.start()
        line, rest = text[start:at].rstrip(), text[at + 1 : at + 12]
        start = at + 1
        if len(line) < SHORTEST_WRAPPED or "\t" in line or not _JOINS.fullmatch(line[-1:]):
            continue
        if _JOINS.match(rest.lstrip(" \u3000\r")) and not _HEADING.match(rest):
            yield at


def sentences(plain: str) -> list[tuple[int, int]]:
    """Return where each sentence begins and ends; semicolons end one as well.

    >>> sentences("一是建网。二是入网；三是")
    [(0, 5), (5, 10), (10, 12)]
    """
    found, start = [], 0
    for end in [*(mark.end() for mark in _END.finditer(plain)), len(plain)]:
        found += [(at, min(at + LONGEST, end)) for at in range(start, end, LONGEST)]
        start = end
    return found


_MOJIBAKE: Final = re.compile(
    "\ufffd+|[ÃÂÄÅ][\x80-\xbf]|锟斤拷|烫烫烫|屯屯屯|[，,。!?！？][A-Z](?=[\u3400-\u9fff])|[!?]半[a-z]|"
    "(?<=[\u3400-\u9fff])\\?[a-zāáǎàēéěèīíǐìōóǒòūúǔùǖǘǚǜ]+"
)
"""Bytes of one encoding read as another. Only counted: what stood there is not guessed."""

_LOST: Final = re.compile(r"&&+|@@+|##+|\$\$+")

REMARKS: Final = ("readings", "lost", "garbled", "traditional")


def remarks_of(text: str) -> dict[str, int]:
    """Return what is odd about a text, as numbers: nothing of it is guessed or repaired.

    ``readings`` in brackets that were left out for matching, ``lost`` words (``&&`` in their place), ``garbled``
    places, and ``traditional`` characters that were read as simplified ones.

    >>> remarks_of("挂點&&街道,F將有關問(wèn)題")
    {'readings': 1, 'lost': 1, 'garbled': 1, 'traditional': 5}
    """
    plain = simplified(text)
    changed = sum(a != b for a, b in zip(text, plain, strict=False)) if len(plain) == len(text) else 0
    counts = (len(reading_spans(text)), len(_LOST.findall(text)), len(_MOJIBAKE.findall(text)), changed)
    return {name: count for name, count in zip(REMARKS, counts, strict=True) if count}
