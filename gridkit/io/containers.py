"""Archives: which boundary files lie in them, and one of them unpacked into a folder of its own, never elsewhere."""

from __future__ import annotations

import contextlib
import re
import zipfile
import zlib
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Final

from gridkit.errors import LayerError
from gridkit.io.decode import reveal
from gridkit.io.features import unreadable
from gridkit.io.raw import PARTS
from gridkit.locale import N_

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

LARGEST: Final = 1 << 30
"""Bytes that the files of one layer may unpack to."""

MOST_MEMBERS: Final = 20_000

_SINGLE: Final = (".gpkg", ".geojson", ".json", ".kml", ".ovkml", ".dxf", ".parquet", ".geoparquet", ".fgb")
_UTF8: Final = 0x800
_PLAIN: Final = re.compile(r"[A-Za-z0-9_-]+(\.[A-Za-z0-9_-]+)*")
_CHUNK: Final = 1 << 20


@dataclass(frozen=True)
class Member:
    """A file in an archive: its name as people wrote it, and how the archive knows it."""

    name: PurePosixPath
    info: zipfile.ZipInfo


@dataclass(frozen=True)
class Dataset:
    """A boundary file in an archive with all of its parts; ``kind`` is the ending that says what it is."""

    name: str
    kind: str
    members: tuple[Member, ...]


def datasets(file: Path, name: str) -> tuple[list[Dataset], int]:
    """Return the boundary files in an archive, in the order of their names, and how many other files there are.

    Raises
    ------
    LayerError
        If it is damaged or locked, has too many members, or one of them points out of it.
    """
    try:
        with zipfile.ZipFile(file) as archive:
            infos = [info for info in archive.infolist() if not info.is_dir()]
    except (zipfile.BadZipFile, NotImplementedError, OSError, ValueError) as problem:
        raise unreadable(name, problem) from problem
    if len(infos) > MOST_MEMBERS:
        raise LayerError(
            N_("the archive holds more than {most} files"),
            place=name,
            remedy=N_("unpack it and name the files in gridkit.toml"),
            most=MOST_MEMBERS,
        )
    members = [Member(_name(info, name), info) for info in infos]
    members = sorted((one for one in members if not _junk(one.name)), key=lambda one: str(one.name))
    found = _grouped(members)
    used = {id(member) for dataset in found for member in dataset.members}
    stems = {str(PurePosixPath(one.name).with_suffix("")).lower() for one in found}
    others = [one for one in members if id(one) not in used and str(one.name).split(".")[0].lower() not in stems]
    return found, len(others)


def _name(info: zipfile.ZipInfo, place: str) -> PurePosixPath:
    """Return the name of a member: UTF-8 where it says so, else by trial; Windows writes GBK there."""
    text = info.orig_filename
    if not info.flag_bits & _UTF8:
        with contextlib.suppress(UnicodeEncodeError):
            text = reveal(text.encode("cp437").decode("latin-1"), "utf-8")[0]
    name = PurePosixPath(text.replace("\\", "/"))
    if name.is_absolute() or ".." in name.parts or re.match(r"[A-Za-z]:", text) or "\x00" in text:
        raise LayerError(
            N_("a name in the archive points out of it; such archives are not opened"),
            place=place,
            remedy=N_("ask for the files themselves"),
        )
    return name


def _junk(name: PurePosixPath) -> bool:
    return "__MACOSX" in name.parts or name.name.startswith((".", "~$")) or name.name.lower() == "thumbs.db"


def _grouped(members: Sequence[Member]) -> list[Dataset]:
    folders: dict[str, list[Member]] = {}
    shapes: dict[str, list[Member]] = {}
    found: list[Dataset] = []
    for one in members:
        base = next((part for part in one.name.parents if part.suffix.lower() == ".gdb"), None)
        ending = one.name.suffix.lower()
        if base is not None:
            folders.setdefault(str(base), []).append(one)
        elif ending in PARTS:
            shapes.setdefault(str(one.name.with_suffix("")).lower(), []).append(one)
        elif ending in _SINGLE:
            found.append(Dataset(str(one.name), ending, (one,)))
    found += [Dataset(base, ".gdb", tuple(parts)) for base, parts in folders.items()]
    for parts in shapes.values():
        shape = next((one for one in parts if one.name.suffix.lower() == ".shp"), None)
        if shape is not None:
            found.append(Dataset(str(shape.name), ".shp", tuple(parts)))
    return sorted(found, key=lambda one: one.name)


def unpack(file: Path, name: str, dataset: Dataset, folder: Path) -> Path:
    """Write the files of one dataset into ``folder`` under names of our own, and return what is to be opened.

    What lies in the folders beside ``folder`` counts towards the limit.

    Raises
    ------
    LayerError
        If it is damaged, locked, or larger than a boundary file is.
    """
    left = LARGEST - sum(one.stat().st_size for one in folder.parent.rglob("*") if one.is_file())
    stem = PurePosixPath(dataset.name).stem
    if sum(one.info.file_size for one in dataset.members) > left:  # what it says of itself; what comes is counted too
        raise _too_large(name)
    base = folder / "data.gdb" if dataset.kind == ".gdb" else folder
    base.mkdir(exist_ok=True)
    try:
        with zipfile.ZipFile(file) as archive:
            for member in dataset.members:
                target = base / _target(member, dataset.kind)
                with archive.open(member.info) as source, target.open("xb") as sink:
                    while chunk := source.read(_CHUNK):
                        left -= len(chunk)
                        if left < 0:
                            raise _too_large(name)
                        sink.write(chunk)
    except (
        zipfile.BadZipFile,
        zlib.error,
        RuntimeError,
        NotImplementedError,
        EOFError,
        OSError,
        ValueError,
    ) as problem:
        raise unreadable(name, f"{stem}: {problem}") from problem
    return base if dataset.kind == ".gdb" else base / f"data{dataset.kind}"


def _target(member: Member, kind: str) -> str:
    ending = member.name.suffix.lower()
    if kind != ".gdb":
        return f"data{ending}"
    plain = member.name.name
    if not _PLAIN.fullmatch(plain):
        raise ValueError(plain[:80])
    return plain


def _too_large(name: str) -> LayerError:
    return LayerError(
        N_("the archive unpacks to more than {most} bytes"),
        place=name,
        remedy=N_("unpack it yourself if you trust it, and name the file in gridkit.toml"),
        most=LARGEST,
    )
