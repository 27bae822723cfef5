"""Paths that GDAL and its front ends take as they are."""

from __future__ import annotations

import re
import shutil
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from pathlib import Path

_ODD: Final = re.compile(r"[!;?#%]|://")


def is_plain(file: Path) -> bool:
    """Tell whether GDAL and pyogrio take the path as it is: ``!``, ``;`` and ``?`` mean something to them."""
    return not _ODD.search(str(file.absolute()))


def plain_path(file: Path, scratch: Path) -> Path:
    """Return a path of the same file or folder that they take as it is: a link in ``scratch``, a copy if need be."""
    if is_plain(file):
        return file.absolute()
    target = scratch / f"plain{file.suffix.lower()}"
    if target.exists():
        return target
    try:
        target.symlink_to(file.absolute(), target_is_directory=file.is_dir())
    except (OSError, NotImplementedError):  # a system without links
        (shutil.copytree if file.is_dir() else shutil.copyfile)(file, target)
    return target
