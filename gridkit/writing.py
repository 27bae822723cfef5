"""Files are written whole or not at all: beside their place first, then renamed."""

from __future__ import annotations

import contextlib
import errno
import os
from typing import TYPE_CHECKING

from gridkit.errors import OutputError
from gridkit.locale import N_, gettext

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

_WHY = {
    errno.ENOENT: N_("the folder does not exist"),
    errno.ENOTDIR: N_("a part of the path is no folder"),
    errno.EACCES: N_("no right to write there"),
    errno.EPERM: N_("no right to write there"),
    errno.EROFS: N_("the disk is read-only"),
    errno.ENOSPC: N_("no room is left on the disk"),
    errno.EFBIG: N_("the file would be larger than the disk allows"),
    errno.EISDIR: N_("this is a folder"),
    errno.ENAMETOOLONG: N_("the name is too long"),
}


@contextlib.contextmanager
def whole(path: Path, *, also: tuple[type[Exception], ...] = ()) -> Iterator[Path]:
    """Give a path beside ``path`` to write to; the file gets its name when the block has ended without an error.

    A link is followed to its file. What is no file (a folder, a device) is refused, as the rename would replace it.

    Parameters
    ----------
    path : pathlib.Path
        The file to be; an existing one is replaced, and stays as it is where anything fails.
    also : tuple of exception types
        What else than ``OSError`` says that the disk did not take the file.

    Raises
    ------
    gridkit.errors.OutputError
        The file cannot be written: full disk, no folder, no right to write.

    Examples
    --------
    >>> import pathlib, tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     with whole(pathlib.Path(folder, "a.txt")) as draft:
    ...         _ = draft.write_text("1")
    ...     sorted(file.name for file in pathlib.Path(folder).iterdir())
    ['a.txt']
    """
    beside = None
    expected: tuple[type[Exception], ...] = (OSError, *also)
    try:
        target = path.resolve()
        if target.exists() and not target.is_file():
            raise OutputError(
                N_("this is no file that could be written over"), place=str(path), remedy=N_("name another file")
            )
        beside = target.with_name(f".{target.name}.{os.getpid()}.part")
        yield beside
        with beside.open("rb+") as stream:
            os.fsync(stream.fileno())
        beside.replace(target)
    except expected as problem:
        raise unwritable(path, problem) from problem
    finally:
        if beside is not None:
            with contextlib.suppress(OSError):
                beside.unlink(missing_ok=True)


def unwritable(path: Path, problem: Exception) -> OutputError:
    """Return the error of a file that cannot be written; it says why, in the words of the system where we have none."""
    known = _WHY.get(getattr(problem, "errno", None) or 0)
    return OutputError(
        N_("the file cannot be written: {why}"),
        place=str(path),
        remedy=N_("choose a folder that you may write to, with room on the disk; close the file where it is open"),
        why=gettext(known) if known else getattr(problem, "strerror", None) or str(problem) or type(problem).__name__,
    )
