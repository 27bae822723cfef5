"""Everything that gridkit raises on purpose, and the exit code each means.

.. code-block:: text

    GridkitError
    ├── UsageError      2   the command line cannot be carried out as given
    ├── InputError      3   an input file cannot be used
    │   ├── ProjectError    mistakes in gridkit.toml, all of them at once
    │   ├── LayerError      a boundary file
    │   └── TableError      a spreadsheet or CSV
    └── OutputError     5   an output cannot be written

Exit codes without an exception of ours: 0 clean, 1 findings or a refuted claim, 4 a bug of ours, 130 interrupted.

A message is kept as an English template and its values, and is put into the reader's language when it is shown.
"""

from __future__ import annotations

from gridkit.locale import gettext

EXIT_CLEAN = 0
EXIT_FINDINGS = 1
EXIT_USAGE = 2
EXIT_INPUT = 3
EXIT_BUG = 4
EXIT_OUTPUT = 5
EXIT_INTERRUPTED = 130


class GridkitError(Exception):
    """Base of all errors that gridkit raises on purpose.

    Parameters
    ----------
    template : str
        English sentence with ``{name}`` fields, marked for translation with ``N_`` where it is written.
    place : str
        File, sheet, layer or cell that the error is about; shown first.
    remedy : str
        What the user can do about it, an English template as well.
    **values : object
        What the fields of both templates stand for.

    Examples
    --------
    >>> print(InputError("the file holds no {what}", place="a.xlsx!Sheet1", remedy="name another sheet", what="rows"))
    a.xlsx!Sheet1: the file holds no rows (name another sheet)
    """

    exit_code = EXIT_BUG

    def __init__(self, template: str, *, place: str = "", remedy: str = "", **values: object) -> None:
        super().__init__(template)
        self.template = template
        self.place = place
        self.remedy = remedy
        self.values = values

    def __str__(self) -> str:
        sentence = gettext(self.template).format(**self.values)
        if self.place:
            sentence = f"{self.place}: {sentence}"
        if self.remedy:
            sentence = f"{sentence} ({gettext(self.remedy).format(**self.values)})"
        return sentence


class UsageError(GridkitError):
    """The command line cannot be carried out as given."""

    exit_code = EXIT_USAGE


class InputError(GridkitError):
    """An input file cannot be used."""

    exit_code = EXIT_INPUT


class ProjectError(InputError):
    """Mistakes in a project file, all of them at once.

    ``mistakes`` holds one ``(line, sentence)`` each, sentences already in the reader's language; line 0 where
    no line can be named.
    """

    def __init__(self, path: str, mistakes: list[tuple[int, str]]) -> None:
        super().__init__("{text}", place=path, text="")
        self.mistakes = tuple(mistakes)

    def __str__(self) -> str:
        return "\n".join(f"{self.place}{f':{line}' if line else ''}: {sentence}" for line, sentence in self.mistakes)


class LayerError(InputError):
    """A boundary file cannot be used."""


class NoFeatureError(LayerError):
    """A boundary file is sound, and holds no feature; ``level`` of the city that it was read as, where it was."""

    level = ""


class TableError(InputError):
    """A spreadsheet or CSV file cannot be used."""


class OutputError(GridkitError):
    """An output cannot be written."""

    exit_code = EXIT_OUTPUT
