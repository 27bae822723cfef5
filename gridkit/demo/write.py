"""Write a demo city to a folder: boundary files, registries, project file and answer sheet."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from gridkit.demo.answers import CLAIMS, answer_sheet
from gridkit.demo.degrade import Mess, degrade
from gridkit.demo.layers import write_layers
from gridkit.demo.networks import write_networks
from gridkit.demo.oracle_tricks import Facts, tricks
from gridkit.demo.territory import PLAIN
from gridkit.demo.workbook import Layout, write_compounds, write_csv, write_table
from gridkit.errors import OutputError
from gridkit.locale import N_

if TYPE_CHECKING:
    from pathlib import Path

    from gridkit.demo.city import DemoCity

_REGISTRIES = {
    "compounds": "compounds.xlsx", "branches": "branches.xlsx", "units": "units.csv", "premises": "premises.csv",
    "pairings": "pairings.xlsx", "property_companies": "property_companies.csv",
    "property_service": "property_service.csv",
    "owners_committees": "owners_committees.xlsx", "service_points": "service_points.csv", "ledgers": "ledgers.csv",
}  # fmt: skip
_TITLES = {
    "branches": "演示市基层党组织台账", "pairings": "机关企事业单位结对共建情况一览表",
    "owners_committees": "业主委员会及替代机构一览表",
}  # fmt: skip
_ENCODINGS = {
    "units": "gb18030",
    "premises": "utf-8-sig",
    "property_service": "gb18030",
    "property_companies": "utf-8-sig",
}
_OPEN = ("service_points", "ledgers")
"""Registries that are not declared complete."""


MARK = "# A synthetic city: no real place, no real person. Made by `gridkit demo`; answers.json holds the truth."
"""First line of the project file of a demo city: a folder that has it may be written over."""

_CODES = {
    "orphan": "C201", "cycle": "C202", "level_skipped": "C204", "grid_without_organisation": "C207",
    "branch_without_grid": "C208",
    "grid_with_two_branches": "C209", "branch_over_two_grids": "C210", "exclusive_grid_without_group": "C211",
    "dissolved_still_covers": "C216", "term_over": "C217", "compound_over_border": "T321",
    "compound_over_grid_line": "T322", "duplicate_branch": "C215",
    "stated_community_differs": "T301",
    "value_out_of_vocabulary": "S110", "count_not_a_number": "S111", "count_with_words": "S112",
    "code_scientific": "S115",
    "hidden_row": "S149", "lon_lat_swapped": "S174",
}  # fmt: skip
"""Rule code of a planted kind of defect, where there is one rule for it."""


def write(demo: DemoCity, folder: Path) -> None:
    """Write ``demo`` into ``folder``.

    That is ``boundaries/``, ``registries/``, ``networks/``, ``gridkit.toml`` and ``answers.json``.

    An earlier demo city in the folder is replaced; equal cities give equal bytes.

    Raises
    ------
    OutputError
        When the folder cannot be written, or holds files that are no demo city.
    """
    try:
        if not _free(folder):
            raise OutputError(
                N_("the folder holds files of somebody else; nothing was written"),
                place=str(folder),
                remedy=N_("name a new or empty folder"),
            )
        _write(demo, folder)
    except OSError as error:
        raise OutputError(
            N_("the demo city cannot be written: {why}"),
            place=str(folder),
            remedy=N_("name a folder in which you may write"),
            why=error.strerror or str(error),
        ) from error


def _free(folder: Path) -> bool:
    """Tell whether nothing of the user's is in the way: no folder, an empty one, or an earlier demo city."""
    if not folder.exists() or not any(folder.iterdir()):
        return True
    file = folder / "gridkit.toml"
    return file.is_file() and file.read_bytes().startswith(MARK.encode())


def _write(demo: DemoCity, folder: Path) -> None:
    mess = degrade(demo)
    registries = folder / "registries"
    registries.mkdir(parents=True, exist_ok=True)
    layouts = write_layers(mess, folder / "boundaries")
    files: dict[str, str] = {}
    for kind, sheet in mess.sheets.items():
        name = _REGISTRIES[kind] if demo.size not in PLAIN else f"{kind}.csv"
        files[kind] = name
        if name.endswith(".csv"):
            layouts[kind] = write_csv(sheet, registries, name, _ENCODINGS.get(kind, "utf-8"))
        elif kind == "compounds":
            hidden = {key for table, key in mess.hidden if table == kind}
            layouts[kind] = write_compounds(sheet, registries, name, hidden)
        else:
            layouts[kind] = write_table(sheet, registries, name, _TITLES[kind])
    (folder / "gridkit.toml").write_bytes(project_text(demo, files, layouts).encode())
    silent = mess.unlisted | {key for table, key in mess.hidden if files.get(table, "").endswith(".xlsx")}
    offenders = tricks(_facts(mess, silent))
    sheet_of_answers = answer_sheet(demo, mess.unlinkable, planted(mess, layouts), unlisted=silent, tricks=offenders)
    text = json.dumps(sheet_of_answers, ensure_ascii=False, sort_keys=True, indent=1)
    (folder / "answers.json").write_bytes((text + "\n").encode())
    if demo.size not in PLAIN:
        write_networks(demo, folder / "networks")


def _facts(mess: Mess, silent: set[str]) -> Facts:
    """Return what the tricks are read from: the truth, and what the files leave out or tell twice."""
    tables = mess.city.tables
    named = {kind: frozenset(p.subject for p in mess.plants if p.kind == kind) for kind in _TOLD}
    return Facts(
        tables["compounds"], tables["branches"], mess.city.truth, mess.city.as_of, units=tables["units"],
        premises=tables["premises"], pairings=tables["pairings"], communities=tables["communities"],
        unlisted=frozenset(mess.unlisted), silent=frozenset(silent), pointless=named["lon_lat_swapped"],
        listed_twice=named["duplicate_row"], written_twice=named["duplicate_branch"],
    )  # fmt: skip


_TOLD = ("duplicate_row", "duplicate_branch", "lon_lat_swapped")


def planted(mess: Mess, layouts: dict[str, Layout]) -> list[dict[str, Any]]:
    """Return every planted defect with the place where it stands in the written files."""
    out = []
    for plant in mess.plants:
        layout = layouts[plant.table]
        row = layout.rows.get(plant.key, 0)
        column = layout.columns.get(plant.column, plant.column)
        out.append(
            {
                "kind": plant.kind, "code": _CODES.get(plant.kind, plant.kind if _is_code(plant.kind) else ""),
                "file": layout.file, "sheet": layout.sheet, "row": row, "column": column,
                "header": plant.column, "subject": plant.subject, "note": plant.note,
            }
        )  # fmt: skip
    return out


def _is_code(kind: str) -> bool:
    return len(kind) == 4 and kind[0].isupper() and kind[1:].isdigit()


def project_text(demo: DemoCity, files: dict[str, str], layouts: dict[str, Layout]) -> str:
    """Return the project file ``gridkit.toml``."""
    lines = [
        MARK,
        "[project]",
        f'name = "{demo.name}"',
        f"as_of = {demo.as_of}",
        'language = "zh"',
        "",
    ]
    for level, name in (
        ("street", "streets.geojson"),
        ("community", "communities.shp"),
        ("grid", "grids.gpkg"),
        ("compound", "compounds.gpkg"),
    ):
        lines += [f"[layers.{level}]", f'path = "boundaries/{name}"', ""]
    for kind in sorted(files):
        lines += [f"[registries.{kind}]", f'path = "registries/{files[kind]}"']
        if layouts[kind].sheet:
            lines.append(f'sheet = "{layouts[kind].sheet}"')
        lines += [f"complete = {'false' if kind in _OPEN else 'true'}", ""]
    for claim in CLAIMS if demo.size not in PLAIN else CLAIMS[:3]:
        lines += ["[[claims]]", f'text = "{claim["text"]}"', f'indicator = "{claim["indicator"]}"']
        if claim.get("scope"):
            lines.append(f'scope = "{claim["scope"]}"')
        lines += [
            f'basis = "{claim["basis"]}"',
            f'comparator = "{claim["comparator"]}"',
            f"figure = {claim['figure']}",
            'source = "演示市工作总结（虚构）"',
            "",
        ]
    return "\n".join(lines)
