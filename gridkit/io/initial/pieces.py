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
        found = _joined(found, pieces, looks, root)
    named: dict[tuple[Any, ...], list[Look]] = defaultdict(list)
    for look in found:  # one folder per community: files of one name, each with headers of its own
        if look.geometry is not None and not look.problem and look.guesses and not look.part and "*" not in look.path:
            named[look.path.rpartition("/")[2], look.form, look.crs, look.shape, look.guesses[0].kind].append(look)
    for pieces in named.values():
        if all("name" in piece.guesses[0].fields for piece in pieces):
            found = _joined(found, pieces, looks, root)
    return found


def _joined(found: list[Look], pieces: Sequence[Look], looks: Sequence[Look], root: Path) -> list[Look]:
    whole = _whole(pieces, looks, root) if len(pieces) > 1 and _apart(pieces) else None
    if whole is None:
        return found
    gone = {id(piece) for piece in pieces[1:]}
    return [whole if one is pieces[0] else one for one in found if id(one) not in gone]


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
    if all(piece.headers == first.headers for piece in pieces):
        columns = tuple([cell for piece in pieces for cell in piece.columns[at]] for at in range(len(first.headers)))
    else:
        first, columns = _by_field(pieces)
        best = replace(best, fields=first.guesses[0].fields)
    geometry = np.concatenate([piece.geometry for piece in pieces if piece.geometry is not None])
    return replace(first, path=path, part=part, columns=columns, geometry=geometry, guesses=(best, *first.guesses[1:]))


def _by_field(pieces: Sequence[Look]) -> tuple[Look, tuple[list[Any], ...]]:
    """Return the first piece with the columns that are known in it only, and those columns of all pieces."""
    first = pieces[0]
    known = first.guesses[0].fields
    columns = []
    for field in known:
        places = [(piece, piece.guesses[0].fields.get(field)) for piece in pieces]
        parts = [[""] * piece.rows if at is None else piece.columns[at] for piece, at in places]
        columns.append([cell for part in parts for cell in part])
    fields = {field: number for number, field in enumerate(known)}
    headers = tuple(first.headers[at] for at in known.values())
    guess = replace(first.guesses[0], fields=fields)
    return replace(first, headers=headers, guesses=(guess,)), tuple(columns)


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
        yield f"{head}*/{escape(names[0])}"
        yield f"{head}*/*.{end}"
