"""KML, KMZ and their Ovital forms: placemarks with attributes wherever people put them, folders as an attribute.

The text is read by expat alone: a document type, and with it every entity, is refused; links are counted and never
followed.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final
from xml.parsers import expat

import numpy as np

from gridkit.errors import LayerError
from gridkit.io.descriptions import is_header, pairs_of, without_tags
from gridkit.io.features import Features, Remark, demand_short, unreadable
from gridkit.io.geojson import text_of
from gridkit.io.placemarks import Placemark, Reader
from gridkit.locale import N_

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

LARGEST: Final = 1 << 28
"""Bytes of text; nobody draws that much by hand."""

DEEPEST: Final = 200
"""Elements inside each other; a real file has a dozen."""

FOLDER: Final = "文件夹"
DESCRIPTION: Final = "描述"
_NAME: Final = "name"
_DECLARED: Final = re.compile(rb"<\?xml[^>]*?encoding\s*=\s*[\"']([\w.-]+)[\"']")
_OVITAL: Final = ("ovital", "奥维")


def read(file: Path, name: str, *, shown: str = "", encoding: str = "") -> Features:
    """Read all placemarks of a KML file as one layer.

    Parameters
    ----------
    file, name : Path, str
        The file, and its name for messages.
    shown : str
        What the file was called before it was unpacked.

    Raises
    ------
    LayerError
        If it is no XML, declares a document type, or is nested beyond reason.
    """
    head = file.read_bytes()[:200]
    declared = _DECLARED.search(head)
    codec = encoding or (declared[1].decode("ascii", "replace") if declared else "")
    codec = "" if codec.lower() in ("utf-8", "utf-16", "utf8") else codec
    data, used = text_of(file, name, encoding=codec, most=LARGEST)
    reader = Reader(name, DEEPEST)
    _parse(data, reader, name)
    marks = reader.placemarks
    geometry = np.full(len(marks), None, dtype=object)
    remarks: list[Remark] = []
    geometry[:] = [mark.shape for mark in marks]
    remarks += _told("S160", [mark.closed for mark in marks], "rings")
    remarks += _told("S169", [mark.broken for mark in marks], "geometry")
    if reader.links:
        remarks.append(Remark("S169", params={"n": reader.links, "variant": "links"}))
    ovital = any(word in (shown or name).lower() for word in (".ovkml", ".ovkmz"))
    ovital |= any(word in data[:65536].decode("utf-8", "replace").lower() for word in _OVITAL)
    remarks.append(Remark("S166", params={"variant": "ovital" if ovital else "kml"}))
    names, cells = _columns(marks, name)
    within = FOLDER if FOLDER in names else ""
    return Features(file.stem, names, cells, geometry, "EPSG:4326", used, tuple(remarks), within=within)


def _told(code: str, counts: Sequence[int], variant: str) -> list[Remark]:
    rows = tuple(position + 1 for position, count in enumerate(counts) if count)
    return [Remark(code, rows, params={"n": sum(counts), "variant": variant})] if rows else []


def _parse(data: bytes, reader: Reader, name: str) -> None:
    parser = expat.ParserCreate("utf-8")
    parser.buffer_text = True
    parser.StartElementHandler = reader.start
    parser.EndElementHandler = reader.end
    parser.CharacterDataHandler = reader.text
    parser.StartDoctypeDeclHandler = _refuse(name)
    parser.EntityDeclHandler = _refuse(name)
    try:
        parser.Parse(data, True)
    except expat.ExpatError as problem:
        raise unreadable(name, problem) from problem


def _refuse(name: str) -> Any:
    def stop(*_: object) -> None:
        raise LayerError(
            N_("the file declares a document type or entities of its own; such files are not opened"),
            place=name,
            remedy=N_("export it anew from the program it comes from"),
        )

    return stop


def _columns(marks: Sequence[Placemark], name: str) -> tuple[list[str], list[list[Any]]]:
    """Return the attributes: the name, the folder, data with a name of their own, then what descriptions hold."""
    rows: list[dict[str, str]] = []
    told: list[dict[str, str]] = []
    for mark in marks:
        demand_short(max(map(len, (mark.name, mark.description, *mark.data.values()))), name, mark.longest())
        pairs, rest = pairs_of(mark.description)
        rows.append({label: without_tags(value) for label, value in mark.data.items()})
        first: dict[str, str] = {}
        for label, value in pairs:
            first.setdefault(label, value)
        told.append({**first, DESCRIPTION: rest})
    headers = _headers(told)
    table: dict[str, list[str]] = {_NAME: [without_tags(mark.name) for mark in marks]}
    table[FOLDER] = [without_tags(mark.folder()) for mark in marks]
    for label in dict.fromkeys(label for row in rows for label in row):
        table.setdefault(label, [row.get(label, "") for row in rows])
    for label in sorted(headers, key=list(dict.fromkeys(label for one in told for label in one)).index):
        known = table.get(label, [""] * len(marks))
        table[label] = [own or one.get(label, "") for own, one in zip(known, told, strict=True)]
    spoken = headers | {DESCRIPTION}
    others = [[one[DESCRIPTION], *(f"{k}：{v}" for k, v in one.items() if k not in spoken)] for one in told]
    table[DESCRIPTION] = ["\n".join(lines).strip() for lines in others]
    kept = {label: cells for label, cells in table.items() if label == _NAME or any(cells)}
    return list(kept), list(kept.values())


def _headers(told: Sequence[Mapping[str, str]]) -> set[str]:
    """Return the labels in descriptions that are columns: known ones, and those that most descriptions have."""
    counts: dict[str, int] = {}
    for one in told:
        for label in one:
            if label != DESCRIPTION:
                counts[label] = counts.get(label, 0) + 1
    described = sum(len(one) > 1 for one in told)
    return {label for label, count in counts.items() if is_header(label) or (count > 1 and 2 * count > described)}
