"""The inputs of a run that are not there any more, or not the same, told before anything is recomputed."""

from __future__ import annotations

from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Any

from gridkit.io.person_numbers import MASK
from gridkit.io.raw import digest

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path


def missing_inputs(manifest: Mapping[str, Any], root: Path) -> list[str]:
    """Return the files that a run has read and that are not below ``root`` any more.

    A file in an archive is there where the archive is; one whose name was masked cannot be asked for.
    """
    paths = sorted({row["path"] for row in manifest["inputs"] if MASK not in row["path"]})
    return [path for path in paths if not any((root / one).exists() for one in _and_parents(path))]


def changed_inputs(manifest: Mapping[str, Any], root: Path) -> list[str]:
    """Return the files that are there and have another hash; only those that are files by themselves are asked."""
    found = {row["path"]: row["sha256"] for row in manifest["inputs"] if MASK not in row["path"]}
    return [
        path
        for path, stated in sorted(found.items())
        if (root / path).is_file() and digest(root / path, path, layer=False) != stated
    ]


def _and_parents(path: str) -> list[str]:
    """Return a path and the files that it may lie in, but not the folders above them.

    >>> _and_parents("a/b.zip/c.shp")
    ['a/b.zip/c.shp', 'a/b.zip']
    """
    whole = PurePosixPath(path)
    return [str(one) for one in (whole, *whole.parents) if one == whole or one.suffix]
