"""The layers of boundary files."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from gridkit.errors import GridkitError
from gridkit.io.initial.kinds import guess_level
from gridkit.io.initial.look import Look, without_persons
from gridkit.io.vector import layers_of, read_vector
from gridkit.locale import gettext

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


def look_at_layers(path: str, root: Path, form: str) -> Iterator[Look]:
    """Look at every layer of a boundary file; one that cannot be read is told and does not stop the others.

    Raises
    ------
    LayerError
        If the file cannot be opened.
    """
    names = layers_of(path, root)
    for name in names:
        try:
            raw, geometry, crs = read_vector(path, root, layer=name)
        except GridkitError as problem:
            text = gettext(problem.template).format(**problem.values)
            remedy = gettext(problem.remedy).format(**problem.values)
            yield Look(path, name if len(names) > 1 else "", form, problem=text, remedy=remedy)
            continue
        columns = tuple(without_persons(header, cells) for header, cells in zip(raw.headers, raw.columns, strict=True))
        look = Look(path, name if len(names) > 1 else "", form, tuple(raw.headers), columns, geometry=geometry, crs=crs)
        guesses = guess_level(look.headers, columns, names=[path, name], cut=form in ("shp", "zip-vector"))
        yield replace(look, guesses=tuple(guesses))
