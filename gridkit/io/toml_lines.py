"""On which line of a TOML file a key stands: the parser of the standard library does not say."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

Path = tuple[str | int, ...]

_TABLE: Final = re.compile(r"\s*(\[\[?)\s*(.+?)\s*\]\]?\s*(?:#.*)?$")
_KEY: Final = re.compile(r"""\s*((?:[\w-]+|"[^"]*"|'[^']*')(?:\s*\.\s*(?:[\w-]+|"[^"]*"|'[^']*'))*)\s*=(.*)$""")
_PART: Final = re.compile(r"""[\w-]+|"[^"]*"|'[^']*'""")
_STRING: Final = re.compile(r'"(?:\\.|[^"\\])*"|\'[^\']*\'')


def _parts(text: str) -> tuple[str, ...]:
    return tuple(part.strip("\"'") for part in _PART.findall(text))


def key_lines(text: str) -> Mapping[Path, int]:
    r"""Return path -> line of every table and key, counted from 1; elements of arrays of tables by their number.

    >>> key_lines('[layers.street]\npath = "a"\n[[claims]]\ntext = "b"')[("claims", 0, "text")]
    4
    """
    lines: dict[Path, int] = {}
    numbers: dict[tuple[str, ...], int] = {}
    table: Path = ()
    inside, depth = "", 0  # an open multi-line string, and open brackets
    for number, line in enumerate(text.splitlines(), start=1):
        if inside:
            if inside in line:
                inside, line = "", line.split(inside, 1)[1]  # noqa: PLW2901  # what follows the string
            else:
                continue
        if depth:
            depth, inside = _open(line, depth)
            continue
        head, key = _TABLE.match(line), _KEY.match(line)
        if head:
            table = _entered(_parts(head[2]), head[1] == "[[", numbers)
            lines.setdefault(table, number)
            if isinstance(table[-1] if table else 0, int):
                lines.setdefault(table[:-1], number)
        elif key:
            names = _parts(key[1])
            for length in range(1, len(names) + 1):
                lines.setdefault((*table, *names[:length]), number)
            depth, inside = _open(key[2], 0)
    return lines


def _entered(names: tuple[str, ...], is_array: bool, numbers: dict[tuple[str, ...], int]) -> Path:
    """Return the path of a table header, with the number of the element in arrays of tables."""
    if is_array:
        numbers[names] = numbers.get(names, -1) + 1
    path: list[str | int] = []
    for length in range(1, len(names) + 1):
        path.append(names[length - 1])
        if names[:length] in numbers:
            path.append(numbers[names[:length]])
    return tuple(path)


def _open(text: str, depth: int) -> tuple[int, str]:
    """Return how many brackets stay open after ``text``, and the mark of a multi-line string that does."""
    for mark in ('"""', "'''"):
        if text.count(mark) % 2:
            return depth, mark
    bare = _STRING.sub("", text).split("#", 1)[0]
    return max(0, depth + bare.count("[") + bare.count("{") - bare.count("]") - bare.count("}")), ""


def line_of(path: Sequence[str | int], lines: Mapping[Path, int]) -> int:
    """Return the line of a key, or of the nearest table around it; 0 where there is none.

    >>> line_of(("registries", "branches", 0, "pth"), {("registries", "branches", "pth"): 7})
    7
    """
    full = tuple(path)
    for length in range(len(full), 0, -1):
        found = lines.get(full[:length]) or lines.get(
            tuple(part for part in full[:length] if not isinstance(part, int))
        )
        if found:
            return found
    return 0
