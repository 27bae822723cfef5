"""The command line itself: help, languages, exit codes, failures told in one message."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from gridkit import cli, errors

ROOT = Path(__file__).resolve().parents[2]
GOLDEN = ROOT / "tests" / "golden"


def golden(name: str, text: str) -> None:
    """Compare with a golden file named after its command line; REGOLD=1 rewrites it."""
    import os

    path = GOLDEN / f"{name}.txt"
    if os.environ.get("REGOLD"):
        path.write_text(text, encoding="utf-8")
    assert text == path.read_text(encoding="utf-8")


def built(command):
    """Return a command, and each of a group with what is typed for it."""
    import importlib

    found = importlib.import_module(f"gridkit.cli.{command}").command()
    inner = getattr(found, "commands", {})
    return {command: found, **{f"{command} {name}": one for name, one in inner.items()}}


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("command", ["", *(line for name in cli.COMMANDS for line in built(name))])
def test_help(gridkit, command, language):
    said = gridkit(*command.split(), "--help", "--lang", language)
    assert said.code == 0
    golden(" ".join(filter(None, ["gridkit", command, "--help --lang", language])), said.out)


@pytest.mark.parametrize("command", cli.COMMANDS)
def test_every_command_and_option_is_in_both_readmes(command):
    options = {
        option
        for one in built(command).values()
        for parameter in one.params
        for option in (parameter.opts if parameter.param_type_name == "option" else [])
    }
    for name in ("README.md", "README.zh-CN.md"):
        text = (ROOT / name).read_text(encoding="utf-8")
        for line in built(command):
            assert f"`gridkit {line}" in text, f"gridkit {line} is not in {name}"
        for option in options:
            assert option in text, f"{option} of {command} is not in {name}"


@pytest.mark.parametrize(
    ("arguments", "needle"),
    [
        (["nix"], "nix"),
        (["audit", "--foo"], "--foo"),
        (["demo", "--size", "huge"], "huge"),
        (["explain"], "rule|RUN"),
        (["--lang", "fr", "check"], "fr"),
        (["explain", "rule", "C999"], "C999"),
    ],
)
def test_usage_errors(gridkit, arguments, needle):
    said = gridkit(*arguments)
    assert said.code == errors.EXIT_USAGE
    assert needle in said.err
    assert said.out == ""


def test_chinese_usage_error(gridkit):
    said = gridkit("nix", "--lang", "zh")
    assert said.err.startswith("gridkit：没有命令 'nix'。")


def test_explain_rule_in_both_languages(gridkit):
    english, chinese = gridkit("explain", "rule", "c101"), gridkit("explain", "rule", "C101", "--lang", "zh")
    assert english.code == chinese.code == 0
    assert english.out.startswith("C101 ")
    assert "[warning]" in english.out or "[error]" in english.out
    assert "来源" in chinese.out or "依据" in chinese.out


def test_interrupt_is_130(gridkit, monkeypatch):
    def interrupted(*_):
        raise KeyboardInterrupt

    monkeypatch.setattr(cli, "_root", interrupted)
    said = gridkit("check")
    assert said.code == errors.EXIT_INTERRUPTED
    assert "interrupted" in said.err


def test_a_bug_of_ours_is_4_without_a_traceback(gridkit, monkeypatch):
    def broken(*_):
        raise RuntimeError("boom")

    monkeypatch.setattr(cli, "_root", broken)
    said = gridkit("check")
    assert said.code == errors.EXIT_BUG
    assert "a bug of ours: RuntimeError: boom" in said.err


def test_help_imports_nothing_heavy():
    code = "import sys; from gridkit.cli import run; run(['--help']); print(sorted(set(sys.modules) & {HEAVY}))"
    heavy = {"pandas", "numpy", "geopandas", "shapely", "folium", "pydantic", "rich", "openpyxl", "jinja2"}
    done = subprocess.run(
        [sys.executable, "-c", code.replace("HEAVY", ", ".join(map(repr, sorted(heavy))))],
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert done.stdout.splitlines()[-1] == "[]"


@pytest.mark.parametrize("encoding", ["gbk", "latin-1", "ascii"])
def test_a_console_of_another_encoding(encoding):
    import os

    environment = {**os.environ, "PYTHONIOENCODING": encoding, "PYTHONUTF8": "0"}
    command = [sys.executable, ROOT / "cli.py", "explain", "rule", "C101", "--lang", "zh"]
    done = subprocess.run(command, capture_output=True, env=environment, check=False)
    assert done.returncode == 0, done.stderr


def test_root_cli_py_runs_from_a_checkout():
    done = subprocess.run([sys.executable, ROOT / "cli.py", "--version"], capture_output=True, text=True, check=True)
    assert "0.1.0" in done.stdout


def test_what_a_solver_prints_does_not_reach_stdout():
    # HiGHS prints from C whatever it is told: that must not come before the JSON that a program reads
    code = (
        "import os; from gridkit import cli; os_write = lambda: os.write(1, b'raw C line\\n')\n"
        "cli.run = lambda _: (os_write(), print('{}'), 7)[2]\ncli.main([])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (7, "{}\n")
    assert "raw C line" in done.stderr
