"""Of which day and of which place a figure speaks, as far as its sentence says so."""

from __future__ import annotations

import datetime as dt
import re
from typing import Final

from gridkit.audit.texts.words import BREAKS, SCOPES, STOP_AFTER

_BREAK: Final = re.escape(BREAKS)
_YEAR: Final = re.compile(
    rf"(?:^|[{_BREAK}(（]|[到至在止])(?:其中|力争|确保|预计)?[到至在]?((\d{{4}})年"
    r"(?:(上半年|底|末|年底|度)|(\d{1,2})月(?:(\d{1,2})[日号]|(?:底|末|份))?)?)(?!以来|以后|起|开始|版|相比|同期|之前|以前|前)"
)
_SEGMENT: Final = re.compile(r"([一-鿿]{2,6}?)(?:街道(?!社区)|社区|镇|乡|县|区|市|自治州|州)")
_GENERIC: Final = re.compile(
    r"[各全每我本该小所党组织率盖个辖片园居住物单位建推实现到达在和与的了把将对向由从等及或是有不共已均都街社村户]|乡镇|城[市区镇乡]|主城|老城|新城|"
    r"农村|试点|示范|网格|[一二两三四五六七八九十几多]$|重点|周边|其他|相关|基层|其中|平安|智慧|红色|美好|幸福$|标准化"
)
_OPENING: Final = re.compile(
    rf"(?:^|[{_BREAK}])(?:其中|目前|截[至止]|\d{{4}}年(?:上半年|底|末|\d{{1,2}}月(?:\d{{1,2}}[日号]|底|末)?)?|在|以)*"
)
_UNNAMED: Final = re.compile(
    r"(?<!\w)[某XxＸ×]{1,4}(?:街道|社区|镇|乡|县|区|市|州)|某(?:某|个)?(?:街道|社区|镇|乡|县|区|市|州)"
)
_LARGE: Final = ("市", "州")


def day_of(before: str) -> tuple[str, str]:
    """Return the day that the words before a figure name last, and these words where they do not state a day.

    >>> day_of("2023年小区党组织覆盖率达到"), day_of("截至2024年6月30日，"), day_of("比2022年"), day_of("2021年以来，")
    (('2023-12-31', '2023年'), ('2024-06-30', ''), ('', ''), ('', ''))
    """
    hits = list(_YEAR.finditer(before))
    if not hits:
        return "", ""
    words, year, part, month, day = hits[-1].groups()
    number = int(month or (6 if part == "上半年" else 12))
    try:
        if day:
            return dt.date(int(year), number, int(day)).isoformat(), ""
        following = dt.date(int(year) + number // 12, number % 12 + 1, 1) if 1 <= number <= 12 else None
    except ValueError:
        return "", ""
    found = (following - dt.timedelta(days=1)).isoformat() if following else ""
    exact = part in ("上半年", "底", "末", "年底") or words.endswith(("底", "末"))
    return found, "" if exact or not found else words


def place_of(before: str, noun: str) -> tuple[str, str]:
    """Return the place that the words before a figure name last, and how: ``named``, ``large``, ``unnamed`` or "".

    ``large`` is a city or prefecture: that of the project or another one; ``unnamed`` a place whose name is withheld.

    >>> place_of("棠墩街道小区党组织覆盖率", ""), place_of("某县小区党组织覆盖率达到", "")
    (('棠墩街道', 'named'), ('某县', 'unnamed'))
    >>> place_of("全市小区覆盖率", ""), place_of("城市社区党组织覆盖率", ""), place_of("演示市组织覆盖率", "")
    (('', ''), ('', ''), ('演示市', 'large'))
    """
    text = before if noun and noun in before else before + noun
    last = max((hit.end() for hit in SCOPES.finditer(text)), default=0)
    found = "", ""
    for opening in _OPENING.finditer(text):
        at = opening.end()
        while (hit := _SEGMENT.match(text, at)) and not _GENERIC.search(hit[1]) and not STOP_AFTER.search(hit[1]):
            if at >= last:
                found = hit[0], "large" if hit[0].endswith(_LARGE) else "named"
            at = hit.end()
    hidden = [hit for hit in _UNNAMED.finditer(text) if hit.start() >= last]
    return (hidden[-1][0], "unnamed") if hidden else found
