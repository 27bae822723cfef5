"""Reports that lie beside a plan in its folder: they stay when the plan is edited, and may be written in by hand."""

from __future__ import annotations

import json
import shutil
from functools import partial
from typing import TYPE_CHECKING

from gridkit.stores.digest import file_digest
from gridkit.writing import whole

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path


def kept_reports(folder: Path, listing: str) -> dict[str, Callable[[Path], None]]:
    """Return the reports of a folder -> function that writes each as it is; none where there is no such folder."""
    return {name: partial(_copy, folder / name) for name in recorded_reports(folder, listing)}


def report_digests(folder: Path, listing: str) -> dict[str, str]:
    """Return the reports of a folder with the hashes that they have now, whoever changed them."""
    return {name: file_digest(folder / name) for name in recorded_reports(folder, listing)}


def recorded_reports(folder: Path, listing: str) -> dict[str, str]:
    """Return the reports that the listing of a folder names and that are there, with the hashes of when it was made."""
    try:
        names = dict(json.loads((folder / listing).read_text(encoding="utf-8")).get("extra", {}))
        plain = {
            name: str(sha) for name, sha in names.items() if name == name.strip(".") and not set(name) & set("/\\")
        }
        return {
            name: sha for name, sha in plain.items() if (folder / name).is_file() and not (folder / name).is_symlink()
        }
    except (OSError, ValueError, TypeError, AttributeError, RecursionError):
        return {}


def _copy(source: Path, path: Path) -> None:
    with whole(path) as draft:
        shutil.copyfile(source, draft)
