"""What ``gridkit map`` draws: a project, a run folder whose inputs are read again, or layers alone."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
import pandas as pd

from gridkit import errors, locale
from gridkit.cli import options
from gridkit.cli.map_checks import check_base, check_source, fields_of, without_toml
from gridkit.locale import N_, gettext
from gridkit.model.fields import COMPOUND, LEVELS

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from gridkit.io.project import Project
    from gridkit.maps.compare import Before
    from gridkit.maps.profiles import Options
    from gridkit.model import City, Run

    Progress = Callable[[str, int, int], None]

_NAMED = 5
_OF_BEFORE = ["code", "name", "status", "organisation", "valid"]
_COMPOUNDS = "tables/compounds.parquet"


def run_of(source: Path | None, wish: Mapping[str, Any], *, progress: Progress) -> tuple[Run, Path]:
    """Return the run to draw, and the folder beside which the map is written by default.

    Raises
    ------
    gridkit.errors.UsageError
        ``source`` or the layers cannot be used as given.
    gridkit.errors.InputError
        A file cannot be read; the inputs, settings or results of a run folder are not those of the run any more.
    """
    if wish["layers"]:
        return _of_layers(wish["layers"], progress)
    check_source(source)
    place = source or Path()
    if (place / "manifest.json").is_file() and not (place / options.PROJECT_FILE).is_file():
        return _of_folder(place, wish["project"], progress)
    from gridkit import pipeline

    found, language = options.open_project(place, lenient=True)
    if wish["basemap"] is None:
        check_base(str(found.map.get("basemap") or ""))
    return pipeline.audit(found, progress=progress, language=language), found.root


def chosen(run: Run, wish: Mapping[str, Any]) -> Options:
    """Return what the map shows: as the project says, the command line outranks it."""
    from gridkit.maps.profiles import Options, from_project

    stated = from_project(run.settings)
    for key in ("profile", "title", "approval_no", "basemap"):
        if wish[key] is not None:
            stated[key] = wish[key]
    if wish["fields"] is not None:
        stated["fields"] = fields_of(wish["fields"])
    if wish["layers"] and not stated.get("title"):
        stated["title"] = title_of(wish["layers"])
    if stated.get("basemap") == "none":
        stated["basemap"] = None
    return Options(**stated)


def before_of(folder: Path) -> Before:
    """Return the compounds of an earlier run folder.

    Raises
    ------
    gridkit.errors.UsageError
        It is no run folder, or its tables cannot be read.
    gridkit.errors.InputError
        The table of compounds is not the one that the run wrote.
    """
    import pyarrow as pa
    import pyarrow.parquet as pq

    from gridkit.maps.compare import Before
    from gridkit.stores import read_manifest
    from gridkit.stores.digest import file_digest

    manifest = read_manifest(folder)
    file = folder / _COMPOUNDS
    stated = manifest["outputs"].get(_COMPOUNDS)
    try:
        whole = stated is None or file_digest(file) == stated["sha256"]
        rows = pq.read_table(file, columns=_OF_BEFORE).to_pandas()
    except (OSError, pa.ArrowException) as problem:
        raise errors.UsageError(
            N_("the tables of this run cannot be read"), place=str(folder), remedy=N_("run gridkit audit again")
        ) from problem
    if not whole:
        raise errors.InputError(
            N_("files have changed since the run: {files}"),
            place=str(folder),
            remedy=N_("run gridkit audit again"),
            files=_COMPOUNDS,
        )
    frame = rows.astype("object").set_index("code")
    label, ruleset = manifest.get("as_of") or folder.name, str(manifest["rules"].get("ruleset", ""))
    return Before(frame, label, ruleset, str(manifest.get("city") or ""))


def city_of_layers(layers: tuple[str, ...], progress: Progress) -> tuple[City, str]:
    """Return what the layers hold, and the language of the map."""
    from gridkit.io.city import read_city

    project, language = _project_of(layers)
    try:
        return read_city(project, progress)[0], language
    except errors.InputError as problem:
        raise without_toml(problem) from problem


def title_of(layers: tuple[str, ...]) -> str:
    """Return the title of a map of layers where none is given."""
    files = ", ".join(spec.rpartition("=")[2].replace("\\", "/").rpartition("/")[2] for spec in layers)
    return gettext("Map of {files}").format(files=files)


def _of_layers(layers: tuple[str, ...], progress: Progress) -> tuple[Run, Path]:
    """Return a run of layers without any registry: of every compound the coverage is unknown."""
    from gridkit import pipeline
    from gridkit.maps.bare import without_compounds

    project, language = _project_of(layers)
    if COMPOUND in project.layers:
        try:
            return pipeline.audit(project, progress=progress, language=language), Path()
        except errors.InputError as problem:
            raise without_toml(problem) from problem
    city, language = city_of_layers(layers, progress)
    return without_compounds(city, language=language), Path()


def _project_of(layers: tuple[str, ...]) -> tuple[Project, str]:
    """Return a project of the files that ``--layer`` names, and the language, which is settled here."""
    from gridkit.io.project import LayerSpec, Project

    files: dict[Any, Path] = {}
    for spec in layers:
        level, _, name = spec.partition("=")
        if level not in LEVELS or not name:
            raise errors.UsageError(
                N_("{spec} does not say which layer is which"),
                remedy=N_("write --layer LEVEL=FILE with one of: {known}"),
                spec=spec,
                known=", ".join(LEVELS),
            )
        if level in files:
            raise errors.UsageError(
                N_("the layer {level} is given twice"), remedy=N_("name each level once"), level=level
            )
        files[level] = Path(name).resolve()
        if not files[level].exists():
            raise errors.InputError(N_("there is no such file"), place=name, remedy=N_("correct the path in --layer"))
    try:
        root = Path(os.path.commonpath([file.parent for file in files.values()]))
    except ValueError as problem:  # two drives
        raise errors.UsageError(
            N_("the layers lie on different drives"), remedy=N_("copy them into one folder")
        ) from problem
    specs = {level: LayerSpec(path=file.relative_to(root).as_posix()) for level, file in files.items()}
    language = click.get_current_context().obj or locale.from_environment() or locale.DEFAULT_LANGUAGE
    locale.use(language)
    return Project(root=root, layers=specs), language


def _of_folder(folder: Path, project: Path | None, progress: Progress) -> tuple[Run, Path]:
    """Return the run of a folder, worked out again: a run folder holds results, but no names of organisations.

    Nothing is drawn unless inputs, settings and results are those of the run; ``[map]`` may have changed.
    """
    from gridkit import pipeline
    from gridkit.stores import read_manifest
    from gridkit.stores.missing import changed_inputs, missing_inputs

    manifest = read_manifest(folder)
    file = project or folder / manifest["project"]
    if not options.project_file(file).is_file():
        raise errors.UsageError(
            N_("the project of the run is not where it was"),
            place=str(folder),
            remedy=N_("name the gridkit.toml beside the same input files: --project PATH"),
        )
    found, language = options.open_project(file, lenient=True)
    language = click.get_current_context().obj or manifest["language"] or language
    locale.use(language)
    for problem, files in (
        (N_("files of the run are not there any more: {files}"), missing_inputs(manifest, found.root)),
        (N_("files have changed since the run: {files}"), changed_inputs(manifest, found.root)),
    ):
        if files:
            raise _stale(folder, problem, files=", ".join(files[:_NAMED]))
    run = pipeline.audit(found, progress=progress, language=language)
    _demand_same(folder, manifest, run)
    return run, found.root


def _demand_same(folder: Path, manifest: Mapping[str, Any], run: Run) -> None:
    from gridkit.stores.digest import canonical
    from gridkit.stores.flat import flat

    now = json.loads(canonical(dict(run.settings)))
    then = manifest["settings"]
    one, other = (
        dict(flat({k: v for k, v in part.items() if k not in ("map", "language")}, "")) for part in (then, now)
    )
    differing = sorted(key for key in {*one, *other} if one.get(key) != other.get(key))
    if differing:
        raise _stale(folder, N_("settings have changed since the run: {keys}"), keys=", ".join(differing[:_NAMED]))
    before = before_of(folder).frame["status"]
    status = run.coverage.frame["status"]
    both = pd.DataFrame({"then": before, "now": status})
    changed = int((both["then"] != both["now"]).sum())
    if changed:
        raise _stale(
            folder,
            N_("this version of gridkit gives {n} compounds another status than the run has"),
            n=changed,
        )


def _stale(folder: Path, problem: str, **values: object) -> errors.InputError:
    return errors.InputError(
        problem,
        place=str(folder),
        remedy=N_("restore them, or map the project as it is now, or run gridkit audit again"),
        **values,
    )
