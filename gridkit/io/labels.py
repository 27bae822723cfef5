"""What persons filled into a sample: labels of links, and results of visits, read back with all mistakes at once.

A file is read by the names of its columns (``key``, ``code``, ``label``), which stand in a row of their own; in the
workbooks that ``gridkit sample`` writes that row is hidden, and what a reader sees stands below it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, NamedTuple

import pandas as pd

from gridkit.errors import TableError
from gridkit.io.person_numbers import mask_name_of_file
from gridkit.io.persons import mask
from gridkit.io.raw import letter
from gridkit.io.sheets import read_sheets, side_source
from gridkit.io.text import cell_text
from gridkit.locale import LANGUAGES, N_, gettext, speaking
from gridkit.model.overrides import KEY
from gridkit.model.samples import LABEL_COLUMNS, UNANSWERED, Labels

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path

    from gridkit.io.sheets import Sheet
    from gridkit.model import Source

KIND: Final = "labels"
"""``Source.kind`` of a file of labels."""
HEAD: Final = 10
"""The row with the names of the columns is among the first so many."""
TOLD: Final = 200
"""Mistakes that are told one by one; the others are counted."""
LABEL_HEADING: Final = N_("result (pick one)")
"""What the column to fill is called for a reader."""
LINK_WORDS: Final[Mapping[str, str]] = {
    "right": N_("the link is right"), "wrong": N_("the link is wrong"), "unclear": N_("cannot be told"),
}  # fmt: skip
SITE_WORDS: Final[Mapping[str, str]] = {
    "true": N_("as recorded"), "false": N_("not as recorded"), "unverifiable": N_("cannot be verified"),
}  # fmt: skip
"""Label -> the word that is picked for it; the label itself is understood too."""
LINK_NEEDED: Final = ("key", "code", "label")
SITE_NEEDED: Final = ("code", "label", "by", "run")


class _Line(NamedTuple):
    """One filled-in row: its cells by column, its label (``""`` for a blank one), and its place."""

    cells: Mapping[str, str]
    label: str
    ref: str


def read_labels(file: Path, name: str) -> tuple[Labels, Source]:
    """Read what persons said of sampled links.

    Parameters
    ----------
    file : Path
    name : str
        Its name for messages and references.

    Returns
    -------
    tuple of Labels and Source
        One label per key; a row that was drawn and not filled in is ``unanswered``. No labels where none is filled in.

    Raises
    ------
    TableError
        The file cannot be read or has no such columns; unknown labels, broken keys and keys with two different labels,
        all of them at once, each with its row.
    """
    sheet, head, columns = _table(file, mask_name_of_file(name), LINK_NEEDED)
    mistakes: list[str] = []
    lines = [line for line in _lines(sheet, head, columns, LINK_WORDS, mistakes) if line.label or line.cells["key"]]
    lines = lines if any(line.label for line in lines) else []
    for line in lines:
        if not KEY.fullmatch(line.cells["key"]):
            said = gettext("{text} is no key (16 digits 0-9 and a-f); a spreadsheet program may have changed it")
            text = mask(line.cells["key"])[:40] or gettext("nothing")
            mistakes.append(f"{line.ref}: {said.format(text=text)}")
    kept = _one_each(lines, "key", mistakes)
    if mistakes:
        raise _refused(mistakes)
    rows = [
        (key, mask(line.cells["code"])[:100], line.label or UNANSWERED, line.ref) for key, line in sorted(kept.items())
    ]
    source = _source(sheet, head, columns, sum(bool(line.label) for line in lines))
    return Labels(pd.DataFrame(rows, columns=list(LABEL_COLUMNS), dtype="object")), source


def read_visits(file: Path, name: str) -> tuple[pd.DataFrame, str, str]:
    """Read the results of visits.

    Returns
    -------
    tuple
        ``label`` by code of the compound, sorted, ``unanswered`` for what was drawn and not filled in; what the strata
        were; and the hash of the data that the sample was drawn from.

    Raises
    ------
    TableError
        As of :func:`read_labels`; also where nothing is filled in, or rows come from different samples.
    """
    sheet, head, columns = _table(file, mask_name_of_file(name), SITE_NEEDED)
    mistakes: list[str] = []
    lines = [line for line in _lines(sheet, head, columns, SITE_WORDS, mistakes) if line.label or line.cells["code"]]
    kept = _one_each(lines, "code", mistakes)
    drawn = {(line.cells["by"], line.cells["run"]) for line in lines}
    if len(drawn) > 1:
        mistakes.append(gettext("{file}: the rows come from several samples").format(file=_place(sheet)))
    if not any(line.label for line in lines) and not mistakes:
        mistakes.append(gettext("{file}: no result is filled in").format(file=_place(sheet)))
    if mistakes:
        raise _refused(mistakes)
    by, run = drawn.pop()
    labels = {code: kept[code].label or UNANSWERED for code in sorted(kept)}
    frame = pd.DataFrame({"label": labels}, dtype="object")
    return frame.rename_axis("code"), by, run


def _table(file: Path, name: str, needed: Sequence[str]) -> tuple[Sheet, int, dict[str, int]]:
    """Return the sheet with the labels, the row with the names of the columns, and the position of each."""
    found = []
    sheets = read_sheets(file, name)
    for sheet in sheets:
        for at, row in enumerate(sheet.cells[:HEAD]):
            heads = [cell_text(cell).strip().lower() for cell in row]
            if set(needed) <= set(heads):
                found.append((sheet, at, {one: heads.index(one) for one in needed}))
                break
    if len(found) == 1:
        return found[0]
    if found:
        raise TableError(
            N_("several sheets hold labels: {names}"),
            place=name,
            remedy=N_("copy all rows into one sheet, or save each sheet as a file of its own"),
            names=", ".join(sheet.name for sheet, _, _ in found),
        )
    raise TableError(
        N_("this is no filled-in sample: it has no columns {columns}"),
        place=name,
        remedy=N_("fill in the workbook that gridkit sample has written, and keep its columns"),
        columns=", ".join(needed),
    )


def _lines(
    sheet: Sheet, head: int, columns: Mapping[str, int], words: Mapping[str, str], mistakes: list[str]
) -> Iterator[_Line]:
    """Yield the rows of a sheet; a label that is not known is a mistake."""
    known = _known(words)
    headings = _said(LABEL_HEADING)
    for at, row in enumerate(sheet.cells[head + 1 :], start=head + 2):
        cells = {one: _text(row[place]) if place < len(row) else "" for one, place in columns.items()}
        said = cells["label"].lower()
        if at == head + 2 and said in headings:
            continue  # what a reader sees below the hidden names
        ref = f"{_place(sheet)}!{at}"
        if said and said not in known:
            text = gettext("{text} is no result; known are: {known}")
            told = text.format(text=mask(cells["label"])[:40], known=", ".join(gettext(one) for one in words.values()))
            mistakes.append(f"{ref}: {told}")
            continue
        yield _Line({**cells, "key": cells.get("key", "").lower()}, known.get(said, ""), ref)


def _known(words: Mapping[str, str]) -> dict[str, str]:
    """Return what may be written -> label: the label itself, and its word in every language."""
    return {text: label for label, word in words.items() for text in (label, *_said(word))}


def _said(message: str) -> list[str]:
    found = []
    for language in LANGUAGES:
        with speaking(language):
            found.append(gettext(message).lower())
    return found


def _one_each(lines: Sequence[_Line], name: str, mistakes: list[str]) -> dict[str, _Line]:
    """Return the line of each key (or code); one that has two different labels is a mistake."""
    by_name: dict[str, list[_Line]] = {}
    for line in sorted(lines, key=lambda line: not line.label):  # a row that is filled in outranks its blank copy
        by_name.setdefault(line.cells[name], []).append(line)
    for key, some in sorted(by_name.items()):
        if len({line.label for line in some} - {""}) > 1:
            told = gettext("two different results for {key}: {rows}")
            mistakes.append(told.format(key=mask(key)[:40], rows=", ".join(line.ref for line in some)))
    return {key: some[0] for key, some in by_name.items()}


def _source(sheet: Sheet, head: int, columns: Mapping[str, int], kept: int) -> Source:
    letters = {field: letter(at) for field, at in columns.items()}
    return side_source(sheet, KIND, rows=max(len(sheet.cells) - head - 1, kept), kept=kept, columns=letters)


def _place(sheet: Sheet) -> str:
    return f"{sheet.path}!{sheet.name}" if sheet.name else sheet.path


def _text(cell: Any) -> str:
    return cell_text(cell).strip()


def _refused(mistakes: Sequence[str]) -> TableError:
    told = list(mistakes[:TOLD])
    if len(mistakes) > TOLD:
        told.append(gettext("… and {n} more").format(n=len(mistakes) - TOLD))
    told.append(gettext("nothing was counted: correct these rows of the sample"))
    return TableError("{text}", text="\n".join(told))
