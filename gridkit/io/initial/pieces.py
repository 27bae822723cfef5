"""Boundary files that are pieces of one layer: one file per community, or one layer of a file per community."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import replace
from glob import escape
from typing import TYPE_CHECKING, Any

import geopandas as gpd
import numpy as np

from gridkit.errors import GridkitError
from gridkit.io.initial.places import share_inside
from gridkit.io.initial.sections import common
from gridkit.io.sources import found_files
from gridkit.locale import gettext

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from gridkit.io.initial.look import Look

_OVERLAP = 0.1
"""Layers of which more lies in each other are versions of one thing, not pieces of it."""


def in_one(looks: Sequence[Look], root: Path) -> list[Look]:
    """Return the looks with those that are pieces of one layer put together.

    Pieces have the same attributes in the same order, the same system and shape, look like the same level, and do not
    lie in each other; and a pattern is needed that matches them and nothing else, because that is what a project file
    can say.

    Parameters
    ----------
    looks : sequence of Look
    root : Path
        The folder, to see what a pattern matches.
    """
    groups: dict[tuple[Any, ...], list[Look]] = defaultdict(list)
    for look in looks:
        if look.geometry is not None and not look.problem and look.guesses:
            end = look.path.rpartition(".")[2]
            kind = (look.path if look.part else "", end, look.form, look.headers, look.crs, look.shape)
            groups[*kind, look.guesses[0].kind].append(look)
    found = list(looks)
    for pieces in groups.values():
        whole = _whole(pieces, looks, root) if len(pieces) > 1 and _apart(pieces) else None
        if whole is not None:
            found = [whole if one is pieces[0] else one for one in found if one not in pieces[1:]]
    return found


def _apart(pieces: Sequence[Look]) -> bool:
    """Tell whether no piece lies in the ones before it."""
    before = gpd.GeoSeries(pieces[0].geometry)
    for piece in pieces[1:]:
        own = gpd.GeoSeries(piece.geometry)
        if pieces[0].shape == "polygon" and share_inside(own, before) > _OVERLAP:
            return False
        before = gpd.GeoSeries(np.concatenate([before.array, own.array]))
    return True


def _whole(pieces: Sequence[Look], looks: Sequence[Look], root: Path) -> Look | None:
    first = pieces[0]
    if first.part:
        if [look for look in looks if look.path == first.path] != list(pieces):
            return None
        path, part = first.path, "*"
    else:
        path, part = _pattern([piece.path for piece in pieces], root), ""
    if not path:
        return None
    text = gettext("{n} layers of one form") if first.part else gettext("{n} files of one form")
    best = replace(first.guesses[0], reasons=(text.format(n=len(pieces)), *first.guesses[0].reasons))
    columns = tuple([cell for piece in pieces for cell in piece.columns[at]] for at in range(len(first.headers)))
    geometry = np.concatenate([piece.geometry for piece in pieces if piece.geometry is not None])
    return replace(first, path=path, part=part, columns=columns, geometry=geometry, guesses=(best, *first.guesses[1:]))


def _pattern(paths: Sequence[str], root: Path) -> str:
    """Return a pattern that matches these boundary files and no other, ``""`` where there is none."""
    for pattern in _patterns(paths):
        try:
            names = {name for _, name in found_files(pattern, root)[0]}
        except GridkitError:
            continue
        if names == set(paths):
            return pattern
    return ""


def _patterns(paths: Sequence[str]) -> Iterator[str]:
    folders = [path.split("/")[:-1] for path in paths]
    names = [path.rpartition("/")[2] for path in paths]
    end = escape(names[0].rpartition(".")[2])
    depth = len(common(folders))
    head = "".join(f"{escape(part)}/" for part in folders[0][:depth])
    if all(len(folder) == depth for folder in folders):
        yield f"{head}*.{end}"
        yield f"{head}{escape(''.join(common(names)))}*.{end}"
    elif all(len(folder) == depth + 1 for folder in folders):
        yield f"{head}*/*.{end}"
        yield f"{head}*/{escape(names[0])}"
