"""``gridkit grids``: atoms, proposals, checks, edits and differences of grids, one module for each subcommand."""

from __future__ import annotations

import importlib

import click

from gridkit.cli import options
from gridkit.locale import gettext

SUBCOMMANDS = ("atoms", "propose", "check", "edit", "board", "apply", "diff", "file", "import_", "merge")
"""Modules of this package with a function ``command()``; they import what is heavy when they are called."""


def command() -> click.Group:
    """Build the group in the current language."""
    built = {name.rstrip("_"): importlib.import_module(f"gridkit.cli.grids.{name}").command() for name in SUBCOMMANDS}
    return click.Group(
        "grids",
        commands=built,
        params=[options.lang()],
        help=gettext(
            "Draw grids inside communities: contiguous, in the band of households, compounds whole.\n\n\b\n"
            "gridkit grids atoms -o PLAN                  what grids are made of\n"
            "gridkit grids propose -o PLAN                grids, with what is reached and why not more\n"
            "gridkit grids check PLAN                     what is wrong with grids, drawn by hand or proposed\n"
            "gridkit grids edit PLAN move ATOM --to GRID  a change with its reason, in a log that can be undone\n"
            "gridkit grids board PLAN -o board.html       the page on which grids are painted, merged and split\n"
            "gridkit grids apply edits.jsonl PLAN         changes made elsewhere, as on that page\n"
            "gridkit grids import FILE PLAN -o NEW        grids drawn by hand, with the edits that lead to them\n"
            "gridkit grids merge A.gpkg B.gpkg -o NEW     one network from those of several departments\n"
            "gridkit grids diff A B                       what two plans differ in\n"
            "gridkit grids file PLAN -o FOLDER            codes, relations, map and hashes: what is filed\n\n"
            "A plan is a folder; nothing but assignment.csv in it is changed by hand."
        ),
    )
