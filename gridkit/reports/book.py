"""A workbook that is written row by row, and of which nothing stays where writing fails."""

from __future__ import annotations

import contextlib
import tempfile
from typing import TYPE_CHECKING

import xlsxwriter
from xlsxwriter.exceptions import XlsxWriterException

from gridkit.writing import whole

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from xlsxwriter.workbook import Workbook


@contextlib.contextmanager
def whole_book(path: Path) -> Iterator[Workbook]:
    """Give a workbook to fill; the file gets its name when the block has ended without an error.

    Rows go to a temporary file at once: the cells of 100,000 compounds never lie in memory together. The library leaves
    these files behind where it fails, and closes a half-filled workbook as if it were whole; neither happens here.

    Raises
    ------
    gridkit.errors.OutputError
        The file cannot be written, or the system's temporary folder is full.

    Examples
    --------
    >>> import pathlib, tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     with whole_book(pathlib.Path(folder, "a.xlsx")) as book:
    ...         _ = book.add_worksheet("A").write(0, 0, "=1")
    ...     [file.name for file in pathlib.Path(folder).iterdir()]
    ['a.xlsx']
    """
    options = {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    with (
        whole(path, also=(XlsxWriterException,)) as draft,
        tempfile.TemporaryDirectory(prefix="gridkit-", ignore_cleanup_errors=True) as rows,
        draft.open("wb") as file,
    ):
        book = xlsxwriter.Workbook(file, {**options, "tmpdir": rows})
        try:
            yield book
            book.close()
        finally:
            _let_go(book)


def _let_go(book: Workbook) -> None:
    """Close the files of rows, so that their folder can be removed on every system."""
    for page in book.worksheets():
        stream = getattr(page, "row_data_fh", None)
        if stream is not None and not stream.closed:
            with contextlib.suppress(OSError):
                stream.close()
