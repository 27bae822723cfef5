"""One table or layer of a folder as it is seen at first, without persons."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import shapely

from gridkit.io.person_numbers import mask_name_of_file
from gridkit.io.privacy import holds_persons, is_personal_header, is_post_header

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from gridkit.io.initial.kinds import Guess


@dataclass(frozen=True)
class Look:
    """One table or layer of a file, and what it could be.

    Parameters
    ----------
    path, part, form : str
        File relative to the folder, sheet or layer in it, and what the file is.
    headers, columns : lists
        Header and cells of each column; columns of persons are empty.
    guesses : tuple of Guess
        The best first.
    stated : str
        What the lines above the table say: reporting body, date, unit.
    encoding : str
        Encoding of a text table that was found by trial.
    geometry : array or None
        Geometries of a layer as in the file; ``crs`` is what the file states of them.
    problem, remedy : str
        Why it cannot be used.
    number : int
        1 for the first table of a sheet.
    """

    path: str
    part: str = ""
    form: str = ""
    headers: tuple[str, ...] = ()
    columns: tuple[list[Any], ...] = ()
    guesses: tuple[Guess, ...] = ()
    stated: str = ""
    encoding: str = ""
    geometry: NDArray[np.object_] | None = field(default=None, repr=False)
    crs: str = ""
    problem: str = ""
    remedy: str = ""
    number: int = 1

    @property
    def name(self) -> str:
        """File and sheet or layer, and the number of the table on the sheet where it is not the first."""
        name = f"{self.path}!{self.part}" if self.part else self.path
        return name if self.number == 1 else f"{name}#{self.number}"

    @property
    def shown(self) -> str:
        """The name as a comment may show it: without numbers of persons."""
        return mask_name_of_file(self.name)

    @property
    def rows(self) -> int:
        """Number of records."""
        return len(self.columns[0]) if self.columns else 0 if self.geometry is None else len(self.geometry)

    @property
    def shape(self) -> str:
        """``polygon``, ``line``, ``point``; ``""`` for a table."""
        if self.geometry is None:
            return ""
        sizes = shapely.get_dimensions(self.geometry)
        return ("point", "line", "polygon")[int(sizes.max())] if len(sizes) and sizes.max() >= 0 else ""


def without_persons(header: str, cells: list[Any]) -> list[Any]:
    """Return a column, emptied where it names persons: nothing about them may be looked at."""
    personal = is_personal_header(header) or is_post_header(header) or holds_persons(cells, codes=True)
    return [""] * len(cells) if personal else cells
