"""GeoPackages: opened as files that nobody changes, so that SQLite neither recovers nor writes anything beside them."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from typing import TYPE_CHECKING, Final
from urllib.parse import quote

from gridkit.errors import LayerError
from gridkit.io.features import Features, Remark, attributes, binary_of, read_gdal, shapes_of, unreadable
from gridkit.io.whole import demand_written
from gridkit.locale import N_

if TYPE_CHECKING:
    from pathlib import Path

_HOT: Final = b"\xd9\xd5\x05\xf9\x20\xa1\x63\xd7"
"""How a rollback journal begins that was not finished (SQLite file format, section 3)."""

_LAYERS: Final = (
    "SELECT c.table_name FROM gpkg_contents AS c JOIN gpkg_geometry_columns AS g ON g.table_name = c.table_name "
    "ORDER BY c.rowid"
)


def layers(file: Path, name: str) -> dict[str, list[str]]:
    """Return the layers with geometry and the names of their attributes.

    Raises
    ------
    LayerError
        If it is no GeoPackage, or changes to it are not written yet.
    """
    demand_written(file, name)
    _demand_sound(file, name)
    try:
        with closing(_opened(file)) as base:
            tables = {row[0] for row in base.execute("SELECT name FROM sqlite_master")}
            if not {"gpkg_contents", "gpkg_geometry_columns"} <= tables:
                raise unreadable(name, "no gpkg_contents")
            found = [str(row[0]) for row in base.execute(_LAYERS)]
            return {
                one: [str(row[1]) for row in base.execute(f'PRAGMA table_info("{one.replace(chr(34), chr(34) * 2)}")')]
                for one in found
            }
    except (sqlite3.Error, UnicodeError) as problem:  # a damaged name breaks even the message
        raise unreadable(name, problem) from problem


def read(file: Path, name: str, layer: str, at: Path) -> Features:
    """Read one layer; ``at`` is where GDAL finds the file."""
    journal = _hot_journal(file)
    remarks = [Remark("S162", params={"part": journal.name})] if journal is not None else []
    meta, table = read_gdal(at, name, layer=layer, IMMUTABLE="YES")
    column = meta["geometry_name"] or "wkb_geometry"
    names, cells = attributes(table, f"{name}!{layer}", without=[column])
    wkb = binary_of(table, column)
    geometry, more = shapes_of(wkb, at, layer=layer, enabled_drivers=["GPKG"], IMMUTABLE="YES")
    return Features(layer, names, cells, geometry, meta["crs"] or "", meta["encoding"] or "", (*remarks, *more))


def _opened(file: Path) -> sqlite3.Connection:
    base = sqlite3.connect(f"file:{quote(str(file.absolute()))}?mode=ro&immutable=1", uri=True)
    base.text_factory = lambda data: data.decode("utf-8", "replace")
    return base


def _hot_journal(file: Path) -> Path | None:
    """Return the journal of a program that was stopped while it wrote, if there is one."""
    journal = file.with_name(file.name + "-journal")
    try:
        with journal.open("rb") as stream:
            return journal if stream.read(8) == _HOT else None
    except OSError:
        return None


def _demand_sound(file: Path, name: str) -> None:
    """Refuse a file that a stopped program left half written; SQLite would repair it, and thereby change it."""
    journal = _hot_journal(file)
    if journal is None:
        return
    try:
        with closing(_opened(file)) as base:
            state = base.execute("PRAGMA quick_check(1)").fetchone()[0]
    except (sqlite3.Error, UnicodeError) as problem:
        state = str(problem)
    if state != "ok":
        raise LayerError(
            N_("a program was stopped while it wrote this GeoPackage, and left it damaged: {journal} lies beside it"),
            place=name,
            remedy=N_("open and close it in the program that wrote it, then try again"),
            journal=journal.name,
        )
