"""``gridkit verify``: recompute a run, or a bundle of one, and compare."""

from __future__ import annotations

import tempfile
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from gridkit import errors
from gridkit.cli import options
from gridkit.locale import N_, gettext

if TYPE_CHECKING:
    from collections.abc import Mapping

    from gridkit.stores.compare import TableChange


def command() -> click.Command:
    """Build the command in the current language."""
    return click.Command(
        "verify",
        callback=verify,
        help=gettext(
            "Check the hashes of a run folder, read its inputs again, recompute everything and compare.\n\n"
            "RUN is a run folder, or a bundle that gridkit audit --bundle has written. Of what differs it says what: "
            "inputs, settings, versions, then table by table which rows and columns, and whether values differ or only "
            "bytes. Exits with 1 where anything differs."
        ),
        params=[
            click.Argument(["run"], type=click.Path(path_type=Path)),
            click.Option(
                ["--project"],
                metavar="PATH",
                type=click.Path(path_type=Path),
                help=gettext(
                    "gridkit.toml or its folder, with the input files (default: the one of the run; for a bundle, "
                    "the working directory)."
                ),
            ),
            options.as_json(),
            options.lang(),
        ],
    )


def verify(run: Path, project: Path | None, as_json: bool) -> int:
    """Verify a run folder or a bundle."""
    from gridkit.stores.compare import say_changes

    with tempfile.TemporaryDirectory() as beside:
        problems, changes = _verify(run, project, Path(beside))
    if as_json:
        found = {"run": run.as_posix(), "same": not (problems or changes), "differences": problems}
        options.print_json({**found, "tables": [asdict(change) for change in changes]})
    elif problems or changes:
        click.echo(gettext("{run} does not hold:").format(run=run))
        for problem in [*problems, *say_changes(changes)]:
            click.echo(f"  {problem}")
    else:
        click.echo(gettext("{run} holds: same inputs, same bytes").format(run=run))
    return errors.EXIT_FINDINGS if problems or changes else errors.EXIT_CLEAN


def _verify(run: Path, project: Path | None, beside: Path) -> tuple[list[str], list[TableChange]]:
    """Return what does not hold, and which tables come out otherwise."""
    from gridkit.stores import read_manifest, verify_outputs
    from gridkit.stores.bundle import unpack_bundle
    from gridkit.stores.missing import missing_inputs

    folder, packed = run, run.is_file()
    if packed:
        folder = beside / "bundle"
        folder.mkdir()
        problems = unpack_bundle(run, folder)
        manifest = read_manifest(folder)
        file = project or Path()
    else:
        manifest = read_manifest(folder)
        problems = [f"{name}: {problem}" for name, problem in verify_outputs(folder)]
        file = project or folder / manifest["project"]
    if project is None and not options.project_file(file).is_file():
        raise errors.UsageError(
            N_("the project of the run is not where it was"),
            place=run.as_posix(),
            remedy=N_("name the gridkit.toml beside the same input files: --project PATH"),
        )
    found, _ = options.open_project(file, lenient=True)
    lacking = missing_inputs(manifest, found.root)
    if lacking:
        said = gettext("input {name} is not there")
        problems += [*(said.format(name=name) for name in lacking), *_changed(manifest, found.root)]
        return [*problems, gettext("nothing was recomputed: without all inputs it would be another run")], []
    return _recomputed(folder, manifest, file, packed=packed, problems=problems, beside=beside)


def _changed(manifest: Mapping[str, Any], root: Path) -> list[str]:
    from gridkit.stores.missing import changed_inputs

    return [gettext("input {name} has changed").format(name=name) for name in changed_inputs(manifest, root)]


def _recomputed(
    folder: Path, manifest: Mapping[str, Any], file: Path, *, packed: bool, problems: list[str], beside: Path
) -> tuple[list[str], list[TableChange]]:
    """Recompute a run and return what differs; inputs that cannot be read any more are a difference as well."""
    from gridkit import pipeline
    from gridkit.stores import compare_runs, read_manifest
    from gridkit.stores.bundle import MADE, parts_that_differ
    from gridkit.stores.compare import compare_tables

    project, _ = options.open_project(file, lenient=True)
    only = MADE if packed else ()
    try:
        with options.progress() as progress:
            again = pipeline.audit(project, progress=progress, language=manifest["language"])
            progress(gettext("writing the run folder"), 0, 1)
            mapped = "map.html" in manifest["outputs"]
            place = options.project_file(file)
            fresh = pipeline.save(again, beside / "fresh", project=place, with_map=mapped, only=only)
    except errors.InputError as problem:
        said = gettext("the inputs cannot be used any more: {problem}").format(problem=problem)
        return [*problems, *_changed(manifest, project.root), said], []
    problems += parts_that_differ(folder, again) if packed else []
    before, after = (_outputs_of(one, only) for one in (manifest, read_manifest(fresh)))
    return problems + compare_runs(before, after), compare_tables(folder, fresh)


def _outputs_of(manifest: Mapping[str, Any], only: tuple[str, ...]) -> dict[str, Any]:
    """Return a manifest that speaks of those outputs only that are compared."""
    outputs = {name: entry for name, entry in manifest["outputs"].items() if not only or name.split("/")[0] in only}
    return {**manifest, "outputs": outputs}
