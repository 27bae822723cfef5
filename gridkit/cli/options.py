"""Options and habits that several commands share.

Users: ``project`` demo-less commands check, audit, map; ``as_json`` check, audit, verify, explain; ``lang`` all;
``progress`` check, audit, map, verify, demo.
"""

from __future__ import annotations

import json
import sys
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from gridkit import locale
from gridkit.locale import gettext

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from gridkit.io.project import Project
    from gridkit.model import Findings

PROJECT_FILE = "gridkit.toml"


def lang() -> click.Option:
    """``--lang``: read before click runs; here so that it may stand behind the command's name too."""
    return click.Option(
        ["--lang"],
        type=click.Choice(locale.LANGUAGES),
        expose_value=False,
        help=gettext("Language of messages, reports and maps."),
    )


def as_json() -> click.Option:
    """``--json``: machine-readable results on stdout."""
    return click.Option(["--json", "as_json"], is_flag=True, help=gettext("Print results as JSON on stdout."))


def project() -> click.Argument:
    """``[PROJECT]``: a gridkit.toml or its folder; the working directory where it is left out."""
    return click.Argument(["project"], required=False, default=".", type=click.Path(path_type=Path))


def project_file(path: Path) -> Path:
    """Return the project file that PROJECT names: itself, or gridkit.toml in it."""
    return path / PROJECT_FILE if path.is_dir() else path


def project_text(path: Path) -> str:
    """Return the project file as text, whatever stands in it."""
    return project_file(path).read_text(encoding="utf-8-sig", errors="replace")


def open_project(path: Path, *, lenient: bool = False) -> tuple[Project, str]:
    """Read the project file and settle the language: ``--lang``, then the project file, then the locale.

    ``lenient``: an entry of its claims that cannot be read is no reason to stop.
    """
    from gridkit.io.project import read_project

    found = read_project(path, lenient=lenient)
    chosen = click.get_current_context().obj or found.language or locale.from_environment() or locale.DEFAULT_LANGUAGE
    locale.use(chosen)
    return found, chosen


@contextmanager
def progress() -> Iterator[Callable[[str, int, int], None]]:
    """Show a progress bar on stderr where it is a terminal, and nothing in a pipe."""
    if not sys.stderr.isatty():
        yield lambda _step, _done, _total: None
        return
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

    columns = (TextColumn("{task.description}"), BarColumn(), TimeElapsedColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("", total=1)
        yield lambda step, done, total: bar.update(task, description=step, completed=done, total=total)


def note(message: str) -> None:
    """Say something that is not the result: on stderr."""
    click.echo(message, err=True)


def print_json(value: Any) -> None:
    """Print ``value`` as JSON on stdout, keys sorted, Chinese as it is."""
    click.echo(json.dumps(value, ensure_ascii=False, indent=1, sort_keys=True))


def has_findings(findings: Findings) -> bool:
    """Return whether anything worse than a notice was found: then a command exits with 1."""
    return bool(findings.frame["severity"].isin(["error", "warning"]).any())
