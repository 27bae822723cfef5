"""Every notebook runs from top to bottom, and is stored without outputs."""

from __future__ import annotations

import ast
import contextlib
import io
import warnings
from pathlib import Path

import nbformat
import pytest

from gridkit import pipeline
from tests.main_job import done

NOTEBOOKS = sorted((Path(__file__).resolve().parents[1] / "notebooks").glob("*.ipynb"))
SHARING = [path for path in NOTEBOOKS if "pipeline.audit(" in path.read_text(encoding="utf-8")]
"""Notebooks that audit the demo city: they get the run that other tests have, and need no kernel of their own."""


def test_there_is_one():
    assert len(NOTEBOOKS) > len(SHARING) > 0


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_stored_without_outputs(path):
    for cell in nbformat.read(path, as_version=4).cells:
        assert not cell.get("outputs")


@pytest.mark.parametrize("path", sorted(set(NOTEBOOKS) - set(SHARING)), ids=lambda path: path.stem)
def test_runs_in_a_kernel(path):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of the notebook machinery, not of ours: our code runs in the kernel
        from nbclient import NotebookClient

        notebook = nbformat.read(path, as_version=4)
        NotebookClient(notebook, timeout=120, resources={"metadata": {"path": path.parent}}).execute()
    assert notebook.cells[-1]["outputs"][0]["text"].endswith("MB\n")


@pytest.mark.parametrize("path", SHARING, ids=lambda path: path.stem)
def test_runs(path, monkeypatch):
    ours, audit = done().run, pipeline.audit
    monkeypatch.setattr(
        pipeline, "audit", lambda project, **more: ours if project.as_of == ours.city.as_of else audit(project, **more)
    )
    monkeypatch.chdir(path.parent)
    said, names = io.StringIO(), {}
    with contextlib.redirect_stdout(said):
        for cell in nbformat.read(path, as_version=4).cells:
            if cell.cell_type == "code":
                shown = ran(cell.source, names)
                assert not hasattr(shown, "_repr_html_") or shown._repr_html_()
    assert said.getvalue().endswith("MB\n")


def ran(source, names):
    """Run a cell, and return what a notebook would show below it."""
    *body, last = ast.parse(source).body
    exec(compile(ast.Module(body, []), "cell", "exec"), names)
    if isinstance(last, ast.Expr):
        return eval(compile(ast.Expression(last.value), "cell", "eval"), names)
    exec(compile(ast.Module([last], []), "cell", "exec"), names)
    return None
