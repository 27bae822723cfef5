"""Run a command line in this process and catch what it says."""

from __future__ import annotations

from typing import NamedTuple

import pytest

from gridkit import cli


class Said(NamedTuple):
    code: int
    out: str
    err: str


@pytest.fixture
def gridkit(capsys, monkeypatch):
    """``gridkit("check", folder)`` -> exit code, stdout, stderr; English unless --lang says otherwise."""
    monkeypatch.setenv("LC_ALL", "en_US.UTF-8")
    monkeypatch.setenv("LANGUAGE", "en")
    monkeypatch.setenv("COLUMNS", "100")

    def run(*arguments: object) -> Said:
        code = cli.run([str(argument) for argument in arguments])
        said = capsys.readouterr()
        assert "Traceback" not in said.err
        return Said(code, said.out, said.err)

    return run
