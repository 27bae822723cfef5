"""The date of the data, from what stands above the tables and in the names of the files."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from gridkit.io.values import to_date

if TYPE_CHECKING:
    from collections.abc import Iterable

    from gridkit.io.initial.look import Look

DATE: Final = re.compile(r"(?:19|20)\d{2}\s*[年./-]\s*\d{1,2}(?:\s*[月./-](?:\s*\d{1,2}\s*日?)?)?|(?:19|20)\d{2}年")
"""A date as it stands above a table."""
_IN_NAME: Final = re.compile(r"(?<!\d)(20\d{2})[年._-]?(0?[1-9]|1[0-2])(?:[月._-]?(0?[1-9]|[12]\d|3[01]))?日?(?!\d)")


def stated_date(look: Look) -> str:
    """Return the date that stands above a table, the last day of a month or year; ``""`` for none.

    The line is one that can name no person: see :func:`gridkit.io.lines.known_parts`.
    """
    return date_in(look.stated)


def date_in(text: str) -> str:
    """Return the first date in a text, the last day of a month or year.

    >>> date_in("填报时间：2024年6月"), date_in("某表")
    ('2024-06-30', '')
    """
    found = DATE.search(text)
    return to_date("".join(found[0].split()), end=True)[0] if found else ""


def named_date(path: str) -> str:
    """Return the date in the name of a file or folder.

    >>> named_date("台账/2024年6月/党组织.xlsx"), named_date("党组织20240715.xlsx"), named_date("codes_2023.csv")
    ('2024-06-30', '2024-07-15', '')
    """
    found = _IN_NAME.search(path)
    if found is None:
        return ""
    return to_date("-".join(part for part in found.groups() if part), end=True)[0]


def newest(look: Look) -> str:
    """Return the date by which two versions of one table are compared."""
    return stated_date(look) or named_date(look.name)


def as_of(looks: Iterable[Look]) -> tuple[str, list[str]] | None:
    """Return the latest stated date and where each one stands; None where none is stated.

    Dates above the tables outrank those in names of files.
    """
    listed = list(looks)
    for date_of in (stated_date, lambda look: named_date(look.name)):
        dates = {look.shown: found for look in listed if (found := date_of(look))}
        if dates:
            return max(dates.values()), [f"{name}: {date}" for name, date in sorted(dates.items())]
    return None
