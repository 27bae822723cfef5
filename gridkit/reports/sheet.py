"""A worksheet that writes the rows of a large table at once: the same bytes as cell by cell, in a third of the time."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Final

from xlsxwriter.utility import xl_col_to_name
from xlsxwriter.worksheet import Worksheet

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from xlsxwriter.format import Format

_NUMBER: Final = (int, float)
_LONG: Final = 16_000
"""Characters from which the library counts a text in UTF-16 units."""


def is_plain(text: str) -> bool:
    """Return whether a text stands in the file as it is but for ``&``, ``<`` and ``>``.

    Not so with control characters, an escape (``_x000D_``), blanks at either end, or markup at the beginning.

    >>> [is_plain(text) for text in ("a & b", "a ", "<r>", "a_x000D_", "a" * 20_000)]
    [True, False, False, False, False]
    """
    return (
        text.isprintable() and text[:1] not in ("", " ", "<") and text[-1] != " " and "_x" not in text
        and len(text) <= _LONG
    )  # fmt: skip


def _all_plain(values: Iterable[Any]) -> bool:
    for value in values:
        if type(value) is str:
            if value and not is_plain(value):
                return False
        elif value is not None and not isinstance(value, _NUMBER):
            return False
    return True


class RowSheet(Worksheet):
    """A worksheet of a workbook in constant-memory mode that can also write a row of plain values in one piece."""

    external_hyper_links: list[list[str]]

    def write_rows(
        self,
        top: int,
        rows: Iterable[tuple[Any, ...]],
        *,
        style_of: Callable[[str], Format],
        number: Format,
        real: Callable[[float], Format],
        put: Callable[[int, int, object], None],
    ) -> int:
        """Write rows of ``str``, ``int``, ``float`` or None from row ``top`` on; return how many.

        Parameters
        ----------
        style_of : callable
            Format of a text.
        number : xlsxwriter.format.Format
            Format of the whole numbers.
        real : callable
            Format of another number.
        put : callable
            Writes one cell (row, column, value) in the ordinary way: used for rows that are not plain.
        """
        letters: list[str] = []
        count = 0
        for row, values in enumerate(rows, start=top):
            letters = letters or [xl_col_to_name(col) for col in range(len(values))]
            count += 1
            if _all_plain(values):
                cells = [cell for cell in zip(letters, values, strict=True) if cell[1] is not None and cell[1] != ""]
                self._write_plain(row, cells, style_of, number, real)
            else:
                for col, value in enumerate(values):
                    put(row, col, value)
        return count

    def _write_plain(
        self,
        row: int,
        cells: list[tuple[str, Any]],
        style_of: Callable[[str], Format],
        number: Format,
        real: Callable[[float], Format],
    ) -> None:
        if not cells or self._check_dimensions(row, 0):
            return
        self._write_single_row(row)  # what is left of the row before; formats are numbered as they are first written
        said = []
        for letter, value in cells:
            if isinstance(value, _NUMBER):
                style = (number if isinstance(value, int) else real(value))._get_xf_index()
                said.append(f'<c r="{letter}{row + 1}" s="{style}"><v>{value:.16G}</v></c>')
                continue
            style = style_of(value)._get_xf_index()
            text = value.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
            said.append(f'<c r="{letter}{row + 1}" s="{style}" t="inlineStr"><is><t>{text}</t></is></c>')
        self.fh.write(f'<row r="{row + 1}">{"".join(said)}</row>')

    def write_styled(self, row: int, cells: Sequence[tuple[int, Any, Format]]) -> None:
        """Write one row of cells of which each has its own format; an empty text or None writes the format alone.

        Rows must come from the first to the last. Dates are written as numbers, so that they need a format of a date.
        """
        if not cells or self._check_dimensions(row, cells[0][0]) or self._check_dimensions(row, cells[-1][0]):
            return
        if not _all_plain(value for _, value, _ in cells):
            for col, value, style in cells:
                if isinstance(value, str) and value:
                    self.write_string(row, col, value, style)
                elif isinstance(value, _NUMBER):
                    self.write_number(row, col, value, style)
                else:
                    self.write_blank(row, col, None, style)
            return
        self._write_single_row(row)
        said = []
        for col, value, style in cells:
            place = f'<c r="{xl_col_to_name(col)}{row + 1}" s="{style._get_xf_index()}"'
            if value is None or value == "":
                said.append(f"{place}/>")
            elif isinstance(value, _NUMBER):
                said.append(f"{place}><v>{value:.16G}</v></c>")
            else:
                text = value.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
                said.append(f'{place} t="inlineStr"><is><t>{text}</t></is></c>')
        self.fh.write(f'<row r="{row + 1}">{"".join(said)}</row>')

    def add_notes(self, notes: Iterable[tuple[int, int, str]], options: dict[str, Any]) -> None:
        """Add notes (row, column, text) to cells after all rows have been written.

        The library takes notes only for rows that are not written yet, and then writes such a row a second time.
        """
        with self._all_rows_written():
            for row, col, text in notes:
                self.write_comment(row, col, text, options)

    def add_links(self, links: Iterable[tuple[int, int, str]]) -> None:
        """Make links (row, column, target) of cells after all rows have been written; the cells stay as they are."""
        with self._all_rows_written():
            self.ignore_write_string = True
            for row, col, target in links:
                self.write_url(row, col, target)
            self.ignore_write_string = False

    @contextmanager
    def _all_rows_written(self) -> Iterator[None]:
        """Write the last row, and let the library take what belongs to earlier ones as if they were still to come."""
        self._write_single_row(self.xls_rowmax)
        self.previous_row = 0
        yield
        self.previous_row = self.xls_rowmax

    def add_merges(self, areas: Iterable[tuple[int, int, int, int]]) -> None:
        """Merge areas (first row, first column, last row, last column) that do not overlap, without writing to them."""
        self.merge.extend(list(area) for area in areas)

    def _write_hyperlinks(self) -> None:
        """Write the links to other files with slashes, which every system follows; the library turns them."""
        super()._write_hyperlinks()
        self.external_hyper_links = [
            [kind, target.replace("\\", "/"), *rest] for kind, target, *rest in self.external_hyper_links
        ]
