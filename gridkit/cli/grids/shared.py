"""What the subcommands of ``gridkit grids`` share: paths, the clock, and what is said of grids and findings."""

from __future__ import annotations

import datetime as dt
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import click

from gridkit import errors, locale
from gridkit.cli import options
from gridkit.locale import N_, gettext

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from gridkit.io.project import Project
    from gridkit.model import Findings
    from gridkit.model.plan import Plan
    from gridkit.stores.plan_folder import Stored

SHOWN: Final = 20
"""Rows of a list that are shown; ``--all`` and ``--json`` have all."""
EXAMPLES: Final = 5
"""Findings of one rule that are shown."""
REASONS: Final = {
    "too_large": N_("{n} compound(s) larger than a grid may be; give their buildings so that they can be cut"),
    "too_few": N_("{n} households in all: fewer than one grid needs"),
    "between": N_("{n} households in all: no whole number of grids fits into the band"),
    "island": N_("a part with {n} households hangs together with nothing else"),
    "unknown": N_("{n} compound(s) do not state their households"),
    "proven": N_("proven: at least {n} grid(s) must lie outside the band"),
}
"""Why the band is out of reach, in words; see :data:`gridkit.grids.propose.REASONS`."""
MEASURES: Final = {"households": N_("households"), "persons": N_("persons")}
_FILE = click.Path(path_type=Path)


def now() -> str:
    """Return the time of an edit: the only place of this command that reads the clock."""
    return dt.datetime.now(dt.UTC).astimezone().isoformat(timespec="seconds")


_ON_THE_LINE = {
    "correct the path in gridkit.toml": N_("correct the name of the file"),
    "correct the path in gridkit.toml; similar files there: {near}": N_("similar files there: {near}"),
    "state layer in gridkit.toml": N_("name the layer as FILE!LAYER"),
}
_CRS_ON_THE_LINE = {
    'state it in gridkit.toml, for example crs = "EPSG:4490"': N_("state it as --crs EPSG:4490, for example"),
    'state crs = "{right}" for the file in gridkit.toml': N_("state --crs {right}"),
}


@contextmanager
def file_on_the_line(*, crs: bool = False) -> Iterator[None]:
    """Say what to do about a file that the command line names there, not in a project; ``crs``: ``--crs`` as well."""
    try:
        yield
    except errors.InputError as problem:
        known = _ON_THE_LINE | (_CRS_ON_THE_LINE if crs else {})
        problem.remedy = known.get(problem.remedy, problem.remedy)
        raise


def moment(text: str) -> str:
    """Return the time of an edit as stated, or now.

    Raises
    ------
    UsageError
        What is stated is no time.
    """
    if not text:
        return now()
    try:
        dt.datetime.fromisoformat(text)
    except ValueError as problem:
        raise errors.UsageError(
            N_("{text} is no time"), remedy=N_("write it as 2024-06-30T09:00:00+08:00"), text=text[:40]
        ) from problem
    return text


def source(name: str = "source") -> click.Argument:
    """``[SOURCE]``: a plan folder, or a project."""
    return click.Argument([name], required=False, default=".", type=_FILE)


def out(text: str) -> click.Option:
    """``-o``: the plan folder to write."""
    return click.Option(["-o", "--out"], metavar="FOLDER", type=_FILE, help=text)


def band() -> click.Option:
    """``--band``."""
    return click.Option(
        ["--band"], metavar="LOW:HIGH", default="", callback=_band,
        help=gettext("Households of a grid, such as 300:500, or 300:400:500 with the size that is aimed at."),
    )  # fmt: skip


def measure() -> click.Option:
    """``--measure``."""
    return click.Option(
        ["--measure"], type=click.Choice(list(MEASURES)), default=None,
        help=gettext("What the band counts (default: what the project says, else households)."),
    )  # fmt: skip


def _band(_context: click.Context, _parameter: click.Parameter, value: str) -> str:
    from gridkit.model.plan import Norm

    if value:
        try:
            Norm.parse(value)
        except ValueError as problem:
            raise errors.UsageError(
                N_("{text} is no band"), remedy=N_("write it as 300:500, the smaller number first"), text=value[:40]
            ) from problem
    return value


def plan_path(path: Path) -> Path:
    """Return the folder of a plan: the path itself, or what the project there names."""
    from gridkit.stores.plan_folder import is_plan

    if is_plan(path) or not options.project_file(path).is_file():
        return path
    project, _ = options.open_project(path)
    return project.root / project.grids.plan


def open_stored(path: Path) -> tuple[Stored, Path]:
    """Read a plan folder, settle the language, and say what a reader has to know of it."""
    from gridkit.stores.plan_folder import open_plan

    locale.use(click.get_current_context().obj or locale.from_environment() or locale.DEFAULT_LANGUAGE)
    folder = plan_path(path)
    stored = open_plan(folder)
    for note in stored.notes:
        options.note(note)
    return stored, folder


def note_board(folder: Path) -> None:
    """Say that a board has edits of this plan which are not saved: they do not follow once the plan is changed."""
    from gridkit.stores.journal import journal_path

    path = journal_path(folder)
    if path.is_file() and path.stat().st_size:
        options.note(
            gettext("a board has edits of {plan} that are not saved ({file}): save them on its page first, or they no "
                    "longer follow").format(plan=folder.name, file=path.name)
        )  # fmt: skip


def codes_stated(project: Project) -> dict[str, str]:
    """Return how a project has its codes made, for the settings of a plan."""
    return {"scheme": project.grids.scheme, "policy": project.grids.policy}


def coding(path: Path, folder: Path, settings: Any) -> tuple[str, str]:
    """Return scheme and policy of codes: of the project that has the plan, else as the plan was made, else "".

    ``path`` is what was named, ``folder`` the plan there; a project has a plan where its ``[grids] plan`` is that
    folder, also when the folder itself is named.
    """
    from gridkit.io.project import read_project

    for place in (path, *folder.resolve().parents):
        if options.project_file(place).is_file():
            try:
                project = read_project(place, lenient=True)
            except errors.InputError:  # a project nearby that cannot be read need not be that of the plan
                break
            if (project.root / project.grids.plan).resolve() == folder.resolve():
                return project.grids.scheme, project.grids.policy
            break
    said = settings.get("codes") if isinstance(settings, dict) else None
    found = [said.get(name) if isinstance(said, dict) else "" for name in ("scheme", "policy")]
    scheme, policy = (one if isinstance(one, str) else "" for one in found)
    return scheme, policy


def grid_name(plan: Plan, uid: str) -> str:
    """Return what a grid is called: name, code, or uid."""
    row = plan.grids.loc[uid]
    parts = [part for part in (row["name"], row["code"]) if part]
    return " ".join(map(str, parts)) or uid


def resolve(plan: Plan, name: str) -> str:
    """Return the uid of a grid by uid, code or, where only one has it, name."""
    if name in plan.grids.index:
        return name
    for column in ("code", "name"):
        found = plan.grids.index[plan.grids[column] == name]
        if len(found) == 1:
            return str(found[0])
    raise errors.UsageError(
        N_("there is no grid {grid}"), remedy=N_("name a grid of this plan by its uid or code"), grid=name[:60]
    )


def reason_text(reasons: Sequence[tuple[str, int]]) -> str:
    """Return reasons in words."""
    return gettext("; ").join(gettext(REASONS[kind]).format(n=f"{number:,}") for kind, number in reasons)


def size_text(plan: Plan, uid: str, row: Mapping[str, Any]) -> str:
    """Return one line about a grid: its name, people, pieces, and how far it lies outside the band."""
    norm = plan.norm_of(str(plan.grids["community"][uid]))
    line = gettext("{name}: {n} {measure}, {atoms} atoms").format(
        name=grid_name(plan, uid), n=f"{int(row[norm.measure]):,}", measure=gettext(MEASURES[norm.measure]),
        atoms=int(row["atoms"]),
    )  # fmt: skip
    off = int(row["outside"])
    if off:
        text = N_("{n} below the band") if off < 0 else N_("{n} above the band")
        line += gettext(", ") + gettext(text).format(n=f"{abs(off):,}")
    if int(row["pieces"]) > 1:
        line += gettext(", ") + gettext("in {n} pieces").format(n=int(row["pieces"]))
    return line


def show_findings(findings: Findings, *, limit: int | None = EXAMPLES) -> None:
    """Print findings by rule, errors first, each with its place."""
    from gridkit.reports import words
    from gridkit.reports.check import ordered

    for code, rows in ordered(findings).groupby("code", sort=False):
        click.echo(f"  {words.coded(str(code))} ({len(rows):,})")
        for row in rows[:limit].itertuples(index=False):
            place = f"  ← {row.lon:.6f}, {row.lat:.6f}" if row.lon == row.lon else ""
            click.echo(f"    {words.finding_sentence(row.code, row.params)}{place}")
        if limit is not None and len(rows) > limit:
            click.echo("    " + gettext("… and {n} more (--all lists them)").format(n=f"{len(rows) - limit:,}"))


def finding_rows(findings: Findings) -> list[dict[str, Any]]:
    """Return findings as plain values."""
    from gridkit.reports import words

    return [
        {
            "code": row["code"], "severity": row["severity"], "subject": row["subject"],
            "text": words.finding_sentence(row["code"], row["params"]),
            "lon": None if row["lon"] != row["lon"] else row["lon"],
            "lat": None if row["lat"] != row["lat"] else row["lat"],
        }
        for row in findings.rows()
    ]  # fmt: skip


def share(part: int, whole: int) -> str:
    """Return a share in percent, rounded down so that 100 % means all."""
    return f"{part * 1000 // whole / 10:.1f} %" if whole else "–"


def codes_twice(settings: Mapping[str, Any]) -> int:
    """Return how many codes of the layers of a plan were borne by several features, of which one counts."""
    made = settings.get("made") if isinstance(settings, dict) else None
    found = made.get("twice") if isinstance(made, dict) else None
    return found if isinstance(found, int) else 0


def log_text(count: int, head: str) -> str:
    """Return how many edits a log has and the hash of the last one: a log that was cut off at its end has another."""
    return gettext("{n} edits, the last one with hash {head}").format(n=f"{count:,}", head=head)


def saved(folder: Path) -> None:
    """Say where a plan was written."""
    click.echo(gettext("Plan  {path}").format(path=folder))
