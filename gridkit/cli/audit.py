"""``gridkit audit``: the main job."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from gridkit import errors
from gridkit.cli import options
from gridkit.locale import gettext

if TYPE_CHECKING:
    from gridkit.model import Run


def command() -> click.Command:
    """Build the command in the current language."""
    return click.Command(
        "audit",
        callback=audit,
        help=gettext(
            "Read the project, decide how every compound is covered, judge the claims, and write a run folder.\n\n"
            "PROJECT is a gridkit.toml or its folder (default: the working directory). "
            "Exits with 1 where there are findings or a claim is refuted."
        ),
        params=[
            options.project(),
            click.Option(
                ["--out"],
                type=click.Path(path_type=Path),
                help=gettext("Folder for run folders (default: runs beside the project file)."),
            ),
            click.Option(["--no-map"], is_flag=True, help=gettext("Leave the map out.")),
            click.Option(
                ["--bundle"],
                is_flag=False,
                flag_value="",
                metavar="[FILE.zip]",
                help=gettext(
                    "Pack tables, rules, weights, decisions, claims and the hashes of the inputs into one file, for "
                    "gridkit verify on another machine (default: beside the run folder). The inputs are not in it."
                ),
            ),
            options.as_json(),
            options.lang(),
        ],
    )


def audit(project: Path, out: Path | None, no_map: bool, bundle: str | None, as_json: bool) -> int:
    """Audit a project and write its run folder."""
    from gridkit import pipeline

    found, language = options.open_project(project, lenient=True)
    with options.progress() as progress:
        run = pipeline.audit(found, progress=progress, language=language)
        progress(gettext("writing the run folder"), 0, 1)
        file = options.project_file(project)
        folder = pipeline.save(run, out or found.root / "runs", project=file, with_map=not no_map)
        packed = _pack(run, folder, bundle)
    show(run, folder, as_json=as_json)
    if packed is not None:
        options.note(gettext("Bundle  {file} (the inputs are not in it)").format(file=packed))
    if not as_json:
        _show_next(run, options.project_text(project))
    return verdict(run)


def _pack(run: Run, folder: Path, bundle: str | None) -> Path | None:
    """Write the bundle that was asked for: to the file named, else beside the run folder."""
    if bundle is None:
        return None
    from gridkit import pipeline

    file = Path(bundle) if bundle else folder.with_name(f"{folder.name}.zip")
    for write in pipeline.BUNDLE_WRITERS.values():
        write(run, folder, file)
    return file


def _show_next(run: Run, project_text: str) -> None:
    """Say what only the reader can decide, and what comes next."""
    from gridkit.reports.check_decisions import block, decisions

    lines = block(decisions(run, project_text))
    for line in ["", *lines] if lines else []:
        click.echo(line)
    click.echo()
    if lines:
        click.echo(gettext("next: answer this in gridkit.toml, then run gridkit audit again"))
    else:
        click.echo(
            gettext("next: open the map and the report; why a compound is covered or not: gridkit explain RUN ID")
        )


def verdict(run: Run) -> int:
    """Return 1 where something was found or a claim is refuted, else 0."""
    refuted = bool((run.claims["verdict"] == "refuted").any())
    return errors.EXIT_FINDINGS if refuted or options.has_findings(run.findings) else errors.EXIT_CLEAN


def show(run: Run, folder: Path, *, as_json: bool) -> None:
    """Print the result: JSON on stdout, or a summary and the places of map and report."""
    from gridkit import reports

    if as_json:
        options.print_json({**reports.to_json(run), "run": folder.as_posix()})
        return
    for line in reports.summary_lines(run):
        click.echo(line)
    labels = {"map.html": gettext("Map"), "audit.html": gettext("Report"), "audit.xlsx": gettext("Workbook"),
              "audit.docx": gettext("Word report")}  # fmt: skip
    for name, label in labels.items():
        if (folder / name).exists():
            click.echo(f"{label}  {folder / name}")
