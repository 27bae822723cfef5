"""The ``gridkit`` command: one module per command, imported when it is called."""

from __future__ import annotations

import importlib
import io
import os
import sys
from contextlib import suppress
from typing import TYPE_CHECKING

import click

from gridkit import __version__, errors, locale
from gridkit.cli import options
from gridkit.locale import N_, gettext

if TYPE_CHECKING:
    from collections.abc import Sequence

COMMANDS = {
    "demo": N_("Write a synthetic demo city and audit it."),
    "init": N_("Look at a folder of files and write its gridkit.toml."),
    "check": N_("Read a project and say what is wrong with its files."),
    "repair": N_("Repair boundary layers with a log; what is in doubt waits for a person."),
    "link": N_("Link the registries to places, and show what decisions of persons change."),
    "audit": N_("Do the main job: from files to a run folder with map, report and proof."),
    "claims": N_("Draft the claims of a report from its text, and check its arithmetic."),
    "map": N_("Write only the offline coverage map of a project."),
    "verify": N_("Recompute a run folder or a bundle and compare it with what it says."),
    "grids": N_("Draw grids, check and change them, and say what differs."),
    "diff": N_("Compare two runs: what differs, and why."),
    "sample": N_("Draw samples that persons check, and say what the result proves."),
    "explain": N_("Explain a rule, or why one compound is covered or not."),
}
"""Command name -> what ``--help`` says of it; each is a module here with a function ``command()``."""


class _Commands(click.Group):
    def list_commands(self, ctx: click.Context) -> list[str]:
        del ctx
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        del ctx
        if cmd_name not in COMMANDS:
            return None
        command: click.Command = importlib.import_module(f"gridkit.cli.{cmd_name}").command()
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        del ctx
        with formatter.section(gettext("Commands")):
            formatter.write_dl([(name, gettext(text)) for name, text in COMMANDS.items()])


def _root() -> click.Group:
    root = _Commands(
        name="gridkit",
        help=gettext("Join boundary layers with registries, decide coverage with reasons, and audit claims."),
        context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
        params=[options.lang()],
    )
    return click.version_option(__version__, "--version", prog_name="gridkit")(root)


def _wanted_language(arguments: Sequence[str]) -> str | None:
    """Return the language that ``--lang`` names anywhere in the command line.

    It is looked up before click reads the line, because help texts and click's own errors are in that language too.
    """
    for i, argument in enumerate(arguments):
        if argument.startswith("--lang="):
            return argument.partition("=")[2]
        if argument == "--lang" and i + 1 < len(arguments):
            return arguments[i + 1]
    return None


def main(arguments: Sequence[str] | None = None) -> None:
    """Run one command line and exit with the code that :mod:`gridkit.errors` describes."""
    _own_stdout()
    code = run(sys.argv[1:] if arguments is None else arguments)
    try:
        sys.stdout.flush()
    except (AttributeError, OSError, ValueError):  # told already, or closed from the start
        with suppress(AttributeError, OSError, ValueError):
            _silence_stdout()
    sys.exit(code)


def run(arguments: Sequence[str]) -> int:
    """Run one command line and return its exit code; every failure is told in one message on stderr."""
    wanted = _wanted_language(arguments)
    language = wanted if wanted in locale.LANGUAGES else locale.from_environment() or locale.DEFAULT_LANGUAGE
    _speak_click(language)
    _never_fail_to_print()
    with locale.speaking(language):
        return _run(arguments, wanted)


def _run(arguments: Sequence[str], wanted: str | None) -> int:
    try:
        result = _root().main(list(arguments), prog_name="gridkit", standalone_mode=False, obj=wanted)
    except click.exceptions.Exit as stop:
        return stop.exit_code
    except (Exception, KeyboardInterrupt) as problem:
        if os.environ.get("GRIDKIT_DEBUG"):
            raise
        return _fail(problem)
    return result if isinstance(result, int) else errors.EXIT_CLEAN


def _fail(problem: BaseException) -> int:
    """Tell a failure in one message and return its exit code; the last net, so that nobody sees a traceback."""
    code = errors.EXIT_BUG
    if isinstance(problem, BrokenPipeError):
        _silence_stdout()
        return errors.EXIT_CLEAN
    if isinstance(problem, errors.GridkitError):
        message, code = str(problem), problem.exit_code
    elif isinstance(problem, click.ClickException):
        message, code = problem.format_message(), errors.EXIT_USAGE
    elif isinstance(problem, (KeyboardInterrupt, click.Abort)):
        message, code = gettext("interrupted; nothing half-written was left behind"), errors.EXIT_INTERRUPTED
    elif isinstance(problem, MemoryError):
        message = gettext("not enough memory for these files")
    else:
        template = gettext(
            "internal error, a bug of ours: {kind}: {text} (set GRIDKIT_DEBUG=1 to see where, and report it)"
        )
        message = template.format(kind=type(problem).__name__, text=str(problem)[:300])
    if isinstance(problem, getattr(click.exceptions, "NoArgsIsHelpError", ())):
        click.echo(message, err=True)
        return code
    _tell(message)
    if isinstance(problem, click.UsageError) and problem.ctx is not None:
        click.echo(problem.ctx.get_usage(), err=True)
    return code


def _own_stdout() -> None:
    """Send what C code prints to stderr where stdout is a pipe or a file, as another program may read that.

    HiGHS, the solver of scipy, prints lines such as ``transformNewIntegerFeasibleSolution`` whatever its options are.
    """
    try:
        if sys.stdout.isatty() or sys.stdout.fileno() != 1:
            return
        own = os.dup(1)
        os.dup2(2, 1)
    except (AttributeError, OSError, ValueError):  # closed, or no file at all
        return
    sys.stdout = os.fdopen(own, "w", encoding=sys.stdout.encoding, errors=sys.stdout.errors, closefd=False)


def _never_fail_to_print() -> None:
    """Show a character that the terminal cannot show (㵲 on a GBK console) as an escape instead of failing."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")


def _tell(message: str) -> None:
    from gridkit.io.person_numbers import mask_name_of_file

    # names of files and sheets in a message may hold numbers of persons
    click.echo(gettext("gridkit: {message}").format(message=mask_name_of_file(message)), err=True)


def _silence_stdout() -> None:
    """Point stdout at nothing, so that Python's flush at exit does not complain about the closed pipe."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _speak_click(language: str) -> None:
    """Let click's own sentences (usage, unknown option) come from our catalogue as well."""
    import gettext as standard

    folder = os.path.dirname(locale.__file__)  # noqa: PTH120 - pathlib costs start-up time here
    standard.bindtextdomain("messages", folder)
    os.environ["LANGUAGE"] = "zh_CN" if language == "zh" else "en"
