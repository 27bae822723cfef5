"""``manifest.json``: what a run was made from, with what, and the hash of everything that came out."""

from __future__ import annotations

import json
import platform
from importlib import metadata
from typing import TYPE_CHECKING, Any, Final

import pyogrio
import pyproj
import shapely

from gridkit import __version__
from gridkit.errors import UsageError
from gridkit.locale import LANGUAGES, N_
from gridkit.locale import gettext as _
from gridkit.stores.digest import canonical, file_digest, text_digest
from gridkit.stores.flat import flat
from gridkit.writing import whole

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from gridkit.model import Run

SCHEMA: Final = "gridkit-manifest/1"
MANIFEST: Final = "manifest.json"
_LINE: Final = 60
"""Characters of a setting that a difference shows."""
_ENTRIES: Final = {
    **dict.fromkeys(("city", "language", "project", "inputs_hash"), str),
    **dict.fromkeys(("settings", "rules", "versions", "outputs"), dict),
    "inputs": list,
}
_PACKAGES: Final = ("folium", "geopandas", "jinja2", "numpy", "pandas", "pyarrow", "pyogrio", "pyproj", "shapely",
                    "xlsxwriter")  # fmt: skip


def versions() -> dict[str, str]:
    """Return the versions that decide the bytes of a run."""
    found = {"gridkit": __version__, "python": platform.python_version()}
    for name in _PACKAGES:
        try:
            found[name] = metadata.version(name)
        except metadata.PackageNotFoundError:
            found[name] = ""
    found["geos"] = ".".join(map(str, shapely.geos_version))
    found["proj"] = pyproj.proj_version_str
    found["gdal"] = ".".join(map(str, pyogrio.__gdal_version__))
    return dict(sorted(found.items()))


def outputs(folder: Path) -> dict[str, dict[str, Any]]:
    """Return size and sha256 of every file below ``folder``, the manifest itself left out; names with ``/``."""
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    named = {path.relative_to(folder).as_posix(): path for path in files}
    named.pop(MANIFEST, None)
    return {name: {"bytes": path.stat().st_size, "sha256": file_digest(path)} for name, path in named.items()}


def make_manifest(run: Run, folder: Path, *, project: str = "", ruleset_text: str = "") -> dict[str, Any]:
    """Return the manifest of a run whose files lie in ``folder``.

    Parameters
    ----------
    project : str
        Where the project file is, as seen from the run folder; never an absolute path.
    ruleset_text : str
        Text of the coverage rule set, hashed.
    """
    inputs = sorted(
        ({"path": s.path, "sheet": s.sheet, "kind": s.kind, "sha256": s.sha256} for s in run.city.sources),
        key=lambda row: (row["path"], row["sheet"], row["kind"]),
    )
    return {
        "schema": SCHEMA,
        "city": run.city.name,
        "as_of": run.city.as_of.isoformat() if run.city.as_of else None,
        "language": run.language,
        "project": project,
        "inputs_hash": run.inputs_hash,
        "inputs": inputs,
        "settings": json.loads(canonical(dict(run.settings))),
        "rules": {
            "ruleset": run.coverage.ruleset,
            "counts_as": list(run.coverage.counts_as),
            "sha256": text_digest(ruleset_text) if ruleset_text else "",
        },
        "versions": versions(),
        "outputs": outputs(folder),
    }


def write_manifest(run: Run, path: Path, *, project: str = "", ruleset_text: str = "") -> None:
    """Write the manifest of all files in the folder of ``path``; see :func:`make_manifest`.

    Raises
    ------
    gridkit.errors.OutputError
        The file cannot be written.
    """
    manifest = make_manifest(run, path.parent, project=project, ruleset_text=ruleset_text)
    with whole(path) as draft:
        draft.write_text(dump_manifest(manifest), encoding="utf-8", errors="replace", newline="\n")


def dump_manifest(manifest: Mapping[str, Any]) -> str:
    """Return a manifest as text, always in the same form."""
    return json.dumps(manifest, ensure_ascii=False, indent=1) + "\n"


def read_manifest(run_dir: Path) -> dict[str, Any]:
    """Return the manifest of a run folder.

    Raises
    ------
    gridkit.errors.UsageError
        The folder is not a run folder, or its manifest cannot be read.
    """
    try:
        manifest = json.loads((run_dir / MANIFEST).read_text(encoding="utf-8"))
    except OSError as problem:
        raise UsageError(
            N_("this is not a run folder: it has no {file}"),
            place=str(run_dir),
            remedy=N_("name a folder that gridkit audit has written, below runs"),
            file=MANIFEST,
        ) from problem
    except (ValueError, RecursionError) as problem:
        raise _unreadable(run_dir) from problem
    if not isinstance(manifest, dict) or manifest.get("schema") != SCHEMA or not _is_whole(manifest):
        raise _unreadable(run_dir)
    return manifest


def _is_whole(manifest: Mapping[str, Any]) -> bool:
    """Return whether every entry that is read later is there and of its type."""
    if any(not isinstance(manifest.get(name), kind) for name, kind in _ENTRIES.items()):
        return False
    inputs, files = manifest["inputs"], manifest["outputs"].values()
    return (
        manifest["language"] in LANGUAGES
        and isinstance(manifest.get("as_of", 0), str | None)
        and all(_has_texts(row, "path", "sheet", "kind", "sha256") for row in inputs)
        and all(_has_texts(entry, "sha256") for entry in files)
    )


def _has_texts(entry: object, *names: str) -> bool:
    return isinstance(entry, dict) and all(isinstance(entry.get(name), str) for name in names)


def _unreadable(run_dir: Path) -> UsageError:
    return UsageError(
        N_("{file} is damaged or was written by another version of gridkit"),
        place=str(run_dir),
        remedy=N_("run gridkit audit again"),
        file=MANIFEST,
    )


def verify_outputs(run_dir: Path) -> list[tuple[str, str]]:
    """Return what is wrong with the files of a run folder, as pairs of file and problem in the reader's language."""
    stated = read_manifest(run_dir)["outputs"]
    present = outputs(run_dir)
    problems = []
    for name in sorted({*stated, *present}):
        if name not in present:
            problems.append((name, _("the file is missing")))
        elif name not in stated:
            problems.append((name, _("the run did not write this file")))
        elif stated[name]["sha256"] != present[name]["sha256"]:
            problems.append((name, _("the file was changed after the run")))
    return problems


def _compare(before: Mapping[str, Any], after: Mapping[str, Any], said: Mapping[str, str]) -> list[str]:
    found = []
    for name in sorted({*before, *after}):
        if name not in after:
            found.append(said["gone"].format(name=name))
        elif name not in before:
            found.append(said["new"].format(name=name))
        elif before[name] != after[name]:
            found.append(said["changed"].format(name=name, before=before[name], after=after[name]))
    return found


def _input_hashes(manifest: Mapping[str, Any]) -> dict[str, str]:
    return {
        f"{row['path']}!{row['sheet']}" if row["sheet"] else row["path"]: row["sha256"] for row in manifest["inputs"]
    }


def _short(settings: Mapping[str, str]) -> dict[str, str]:
    """Return settings with long texts cut, so that one difference is one line; the hash keeps them apart."""
    return {
        key: text if len(text) <= _LINE else f"{text[:_LINE]}… ({text_digest(text)[:8]})"
        for key, text in settings.items()
    }


def compare_runs(before: Mapping[str, Any], after: Mapping[str, Any]) -> list[str]:
    """Return how two runs differ, one sentence each: inputs, settings and rules, versions, then outputs.

    Where the project file lies does not matter. The causes come first: a changed input explains changed outputs.
    Outputs that only one run has written count, too.
    """
    found = _compare(
        _input_hashes(before),
        _input_hashes(after),
        {
            "gone": _("input {name} is no longer read"),
            "new": _("input {name} is new"),
            "changed": _("input {name} has changed"),
        },
    )
    changed = _("{name}: {before} before, {after} now")
    words = {"gone": changed, "new": changed, "changed": changed}
    for part in ("settings", "rules", "versions"):
        one, other = (dict(flat(run[part], part)) for run in (before, after))
        missing = dict.fromkeys({*one, *other}, "-")
        found += _compare(_short({**missing, **one}), _short({**missing, **other}), words)
    plain = ("city", "as_of", "language")
    found += _compare({key: before[key] for key in plain}, {key: after[key] for key in plain}, words)
    found += _compare(
        {name: entry["sha256"] for name, entry in before["outputs"].items()},
        {name: entry["sha256"] for name, entry in after["outputs"].items()},
        {
            "gone": _("output {name} is not written any more"),
            "new": _("output {name} was not written before"),
            "changed": _("output {name} comes out with other bytes"),
        },
    )
    return found
