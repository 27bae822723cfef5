"""A run in one file: what is needed to recompute it elsewhere, where the same input files are.

The inputs themselves are not in a bundle, only their hashes; neither are the pages and workbooks, which are made from
what is in it. The same run gives the same bytes.
"""

from __future__ import annotations

import hashlib
import json
import re
import zipfile
import zlib
from importlib import resources
from typing import TYPE_CHECKING, Any, Final

from gridkit.errors import InputError
from gridkit.locale import N_
from gridkit.locale import gettext as _
from gridkit.model.overrides import DECISION_COLUMNS
from gridkit.stores.manifest import MANIFEST, read_manifest
from gridkit.writing import whole

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from gridkit.model import Run

SCHEMA: Final = "gridkit-bundle/1"
INDEX: Final = "bundle.json"
REPORT: Final = "audit.json"
MADE: Final = (REPORT, "tables")
"""What of a run folder is in a bundle beside the manifest: what is compared after recomputing."""
NOTE: Final = "Inputs are not in this file, only their sha256: gridkit verify needs the same input files."
_EARLIEST: Final = (1980, 1, 1, 0, 0, 0)
_NAME: Final = re.compile(
    r"(?:tables/[a-z_]{1,40}\.parquet|(?:links|rules)/[a-z_]{1,40}\.(?:json|toml)|[a-z_]{1,40}\.json)"
)
"""Names that an entry may have: nothing else is ever written to a disk."""
MOST_ENTRIES: Final = 200
LARGEST: Final = 4 << 30
"""Bytes that a bundle may unpack to."""
RATIO: Final = 1000
"""How many times its size an entry may unpack to, beyond a megabyte."""
_CHUNK: Final = 1 << 20
_PLAIN: Final = 1 << 20


def write_bundle(run: Run, folder: Path, path: Path) -> None:
    """Pack a run into one file.

    Parameters
    ----------
    run : Run
    folder : pathlib.Path
        Its run folder.
    path : pathlib.Path
        The file to write; an existing one is replaced.

    Raises
    ------
    gridkit.errors.OutputError
        The file cannot be written.
    """
    parts = {**_from_folder(folder), **_from_run(run)}
    entries = {
        name: {"bytes": len(data), "sha256": hashlib.sha256(data).hexdigest()} for name, data in sorted(parts.items())
    }
    index = {"schema": SCHEMA, "run": folder.name, "note": NOTE, "entries": entries}
    with whole(path) as draft, zipfile.ZipFile(draft, "w", zipfile.ZIP_DEFLATED, compresslevel=6) as archive:
        for name, data in sorted({INDEX: _text(index), **parts}.items()):
            info = zipfile.ZipInfo(name, _EARLIEST)
            info.compress_type, info.create_system, info.external_attr = zipfile.ZIP_DEFLATED, 3, 0o644 << 16
            archive.writestr(info, data)


def _text(value: object) -> bytes:
    text = json.dumps(value, ensure_ascii=False, indent=1, sort_keys=True, default=str)
    return (text + "\n").encode("utf-8", "replace")


def _from_folder(folder: Path) -> dict[str, bytes]:
    tables = sorted((folder / "tables").glob("*.parquet"))
    files = [folder / MANIFEST, folder / REPORT, *tables]
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in files}


def _from_run(run: Run) -> dict[str, bytes]:
    """Return what decides a run beside its inputs, as it was read: no remarks of reviewers, which may name persons."""
    weights = resources.files("gridkit.rules").joinpath("sets", "links.toml").read_bytes()
    frame = run.links.decisions
    decisions = frame[list(DECISION_COLUMNS)].astype(object).where(frame.notna(), None).to_dict("records")
    allowance = run.result.allowance
    said = {name: getattr(allowance, name) for name in ("rate", "sampled", "wrong", "confidence")}
    return {
        "claims.json": _text(run.settings.get("claims", [])),
        "links/allowance.json": _text(said),
        "links/decisions.json": _text(decisions),
        "links/weights.toml": weights.replace(b"\r\n", b"\n"),
        "rules/ruleset.json": _text(run.settings.get("ruleset", {})),
    }


def unpack_bundle(path: Path, folder: Path) -> list[str]:
    """Unpack a bundle into an empty folder, and return what does not fit its own list, in the reader's language.

    Nothing is written but entries of known names; links, names that lead elsewhere and whatever unpacks to more than it
    may are refused.

    Raises
    ------
    gridkit.errors.InputError
        It is no bundle, damaged, or unsafe to unpack.
    """
    try:
        with zipfile.ZipFile(path) as archive:
            found = {info.filename: _extract(archive, info, folder, path) for info in _checked(archive, path)}
    except (
        zipfile.BadZipFile,
        zlib.error,
        EOFError,
        OSError,
        NotImplementedError,
        RuntimeError,
        ValueError,
    ) as problem:
        raise _refused(path, _("it is damaged, locked, or no zip file")) from problem
    listed = _index(folder / INDEX, path)
    found.pop(INDEX)
    problems = []
    for name in sorted({*listed, *found}):
        if name not in found:
            problems.append(_("{name}: the bundle lists it and does not hold it").format(name=name))
        elif name not in listed:
            problems.append(_("{name}: the bundle holds it and does not list it").format(name=name))
        elif found[name] != listed[name]["sha256"]:
            problems.append(_("{name}: it was changed after the bundle was made").format(name=name))
    if MANIFEST not in found:
        raise _refused(path, _("it has no {file}").format(file=MANIFEST))
    manifest = read_manifest(folder)
    return problems + _outputs_differ(found, manifest) + _rules_differ(folder, manifest)


def _outputs_differ(found: Mapping[str, str], manifest: Mapping[str, Any]) -> list[str]:
    """Return which of the packed outputs are not those whose hashes the manifest states."""
    problems = []
    for name, entry in sorted(manifest["outputs"].items()):
        if name.split("/")[0] not in MADE:
            continue
        if name not in found:
            problems.append(_("{name}: the manifest lists it and the bundle does not hold it").format(name=name))
        elif found[name] != entry["sha256"]:
            problems.append(_("{name}: it is not what the manifest of the bundle says").format(name=name))
    return problems


def parts_that_differ(folder: Path, run: Run) -> list[str]:
    """Return which parts of an unpacked bundle, beside its outputs, are not those of the recomputed run.

    Weights, rules, decisions, allowance and claims: what decides a run beside its inputs.
    """
    return [
        _("{name}: it comes out otherwise when the run is recomputed").format(name=name)
        for name, data in sorted(_from_run(run).items())
        if not (folder / name).is_file() or (folder / name).read_bytes() != data
    ]


def _rules_differ(folder: Path, manifest: Mapping[str, Any]) -> list[str]:
    """Return whether rules and claims in a bundle are those that its manifest speaks of."""
    said: dict[str, tuple[str, Any]] = {"rules/ruleset.json": ("ruleset", {}), "claims.json": ("claims", [])}
    return [
        _("{name}: it is not what the manifest of the bundle says").format(name=name)
        for name, (key, nothing) in said.items()
        if (file := folder / name).exists() and file.read_bytes() != _text(manifest["settings"].get(key, nothing))
    ]


def _refused(path: Path, why: str) -> InputError:
    return InputError(
        N_("this is no bundle that can be read: {why}"),
        place=str(path),
        remedy=N_("name a file that gridkit audit --bundle has written, or a run folder"),
        why=why,
    )


def _checked(archive: zipfile.ZipFile, path: Path) -> list[zipfile.ZipInfo]:
    """Return the entries of an archive, none of which leads anywhere, stands there twice, or grows beyond measure."""
    infos = archive.infolist()
    names = [info.filename for info in infos]
    if len(infos) > MOST_ENTRIES or len(set(names)) < len(names):
        raise _refused(path, _("it has too many entries, or one of them twice"))
    strange = [name for name in names if not _NAME.fullmatch(name)]
    links = [info.filename for info in infos if (info.external_attr >> 16) & 0o170000 not in (0, 0o100000)]
    if strange or links:
        raise _refused(path, _("an entry does not belong in it: {name}").format(name=(strange or links)[0][:80]))
    if INDEX not in names:
        raise _refused(path, _("it has no {file}").format(file=INDEX))
    large = sum(info.file_size for info in infos) > LARGEST
    if large or any(info.file_size > max(_PLAIN, RATIO * info.compress_size) for info in infos):
        raise _refused(path, _("it unpacks to more than it may"))
    return infos


def _extract(archive: zipfile.ZipFile, info: zipfile.ZipInfo, folder: Path, path: Path) -> str:
    """Unpack one entry piece by piece, and return its sha256."""
    target, digest, size = folder / info.filename, hashlib.sha256(), 0
    target.parent.mkdir(parents=True, exist_ok=True)
    with archive.open(info) as stream, whole(target) as draft, draft.open("wb") as file:
        while chunk := stream.read(_CHUNK):
            size += len(chunk)
            if size > info.file_size:
                raise _refused(path, _("it unpacks to more than it may"))
            digest.update(chunk)
            file.write(chunk)
    return digest.hexdigest()


def _index(file: Path, path: Path) -> dict[str, dict[str, Any]]:
    try:
        index = json.loads(file.read_bytes())
    except (ValueError, RecursionError) as problem:
        raise _refused(path, _("its list of entries is damaged")) from problem
    entries = index.get("entries") if isinstance(index, dict) and index.get("schema") == SCHEMA else None
    if not isinstance(entries, dict) or not all(
        isinstance(entry, dict) and isinstance(entry.get("sha256"), str) for entry in entries.values()
    ):
        raise _refused(path, _("its list of entries is damaged"))
    return entries
