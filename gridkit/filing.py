"""The package with which a plan of grids is filed: one folder, written whole or not at all."""

from __future__ import annotations

import json
from functools import partial
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Any, Final

import geopandas as gpd

from gridkit.errors import UsageError
from gridkit.grids.totals import grid_layer
from gridkit.io.edits import write_edits
from gridkit.io.gate import harmless
from gridkit.locale import N_, speaking
from gridkit.maps.plan_map import write_plan_html, write_plan_png
from gridkit.reports.filing import community_rows, refusals
from gridkit.reports.filing_sheets import (
    write_codes_csv,
    write_filing_xlsx,
    write_ledger_csv,
    write_proposal_csv,
    write_registry,
    write_relationship_csv,
)
from gridkit.reports.repair_files import text_file
from gridkit.stores.check_folder import write_check
from gridkit.stores.digest import file_digest
from gridkit.stores.gpkg import write_geopackage
from gridkit.stores.manifest import MANIFEST, dump_manifest, outputs, versions

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    from gridkit.model.plan import Plan
    from gridkit.reports.filing import Carried, Filing

    Writer = Callable[["Filing", Path], None]

SCHEMA: Final = "gridkit-filing/1"
_CSV: Final = (".csv", ".txt", ".tsv")


def plan_layers(plan: Plan) -> dict[str, gpd.GeoDataFrame]:
    """Return grids, atoms and communities of a plan as layers in the system of the city, sorted, codes as text."""
    grids = grid_layer(plan).drop(columns=["pieces", "unknown"])
    codes = plan.grids["code"].astype(str).to_dict()
    atoms = plan.atoms.frame.assign(grid=[codes.get(uid, "") for uid in plan.assignment], uid=plan.assignment)
    counted = atoms.groupby("community", sort=True)[["households", "persons"]].sum()
    shapes = atoms[["community", "geometry"]].dissolve("community", method="coverage").geometry
    drawn = plan.grids.groupby("community").size().reindex(counted.index).fillna(0).astype("int64")
    communities = gpd.GeoDataFrame(counted.assign(grids=drawn), geometry=shapes.reindex(counted.index), crs=atoms.crs)
    return {
        "grids": grids.rename_axis("uid").reset_index().sort_values(["code", "uid"], ignore_index=True),
        "atoms": atoms.rename_axis("atom").reset_index(),
        "communities": communities.rename_axis("code").reset_index(),
    }


def _write_gpkg(filing: Filing, path: Path) -> None:
    write_geopackage(plan_layers(filing.plan).items(), path, day=filing.terms.date or "1980-01-01")


def _write_map(filing: Filing, path: Path) -> None:
    write_plan_html(filing.plan, path, before=filing.before, title=filing.title)


def _write_picture(filing: Filing, path: Path) -> None:
    write_plan_png(filing.plan, path, before=filing.before, title=filing.title)


WRITERS: Final[Mapping[str, Writer]] = {
    "filing.xlsx": write_filing_xlsx,
    "codes.csv": write_codes_csv,
    "relationship.csv": write_relationship_csv,
    "ledger.csv": write_ledger_csv,
    "proposal.csv": write_proposal_csv,
    "grids.gpkg": _write_gpkg,
    "edits.jsonl": lambda filing, path: write_edits(filing.log, path),
    "before_after.html": _write_map,
    "before_after.png": _write_picture,
}
"""What a filing holds: name -> function; registries and the manifest follow. Part of the register of writers."""
MAPS: Final = ("before_after.html", "before_after.png")
PROPOSAL: Final = "proposal.csv"
"""Of a plan that was proposed: what each community reaches, what is possible, how far that is proven, and why."""


def save_filing(
    filing: Filing, folder: Path, *, inputs: Mapping[str, Path] | None = None, language: str = "zh", maps: bool = True
) -> Path:
    """Write the package to ``folder``, whole or not at all; equal filings give equal bytes.

    Parameters
    ----------
    filing : Filing
    folder : pathlib.Path
        The folder to be; one that is there is replaced where it is an unchanged filing.
    inputs : mapping of str to path
        Name for the manifest -> file whose hash is kept.
    language : str
        ``zh`` or ``en``.
    maps : bool
        Whether map and picture are written.

    Raises
    ------
    gridkit.errors.UsageError
        The plan has errors, and the filing is no draft.
    gridkit.errors.OutputError
        The folder cannot be written, or holds something that was changed since or is not ours.
    """
    if len(filing.errors) and not filing.terms.draft:
        raise UsageError(
            N_("the plan has {n} errors and cannot be filed: {first}"),
            remedy=N_("correct them (gridkit grids check), or write a draft with --draft"),
            n=len(filing.errors), first=refusals(filing)[0],
        )  # fmt: skip
    hashes = {name: file_digest(path) for name, path in sorted((inputs or {}).items())}
    left_out = {*(() if maps else MAPS), *(() if filing.proposed is not None else (PROPOSAL,))}
    chosen = {name: write for name, write in WRITERS.items() if name not in left_out}
    writers: dict[str, Callable[[Path], None]] = {name: partial(write, filing) for name, write in chosen.items()}
    for name, parts in _registries(filing).items():
        writers[name] = partial(write_registry, parts)
    writers[MANIFEST] = lambda path: text_file(path, [dump_manifest(manifest(filing, path.parent, inputs=hashes))])
    with speaking(language):
        return write_check(folder, writers, listing=MANIFEST)


def _registries(filing: Filing) -> dict[str, list[Carried]]:
    """Return file name -> its tables that were carried over; two files of one name are told apart by a number."""
    found: dict[tuple[str, str], list[Carried]] = {}
    for one in filing.registries:
        found.setdefault((one.table.name.partition("!")[0], one.table.sha256), []).append(one)
    out: dict[str, list[Carried]] = {}
    for (name, _digest), parts in found.items():
        path = PurePosixPath(name)
        ending = ".csv" if path.suffix.lower() in _CSV and len(parts) == 1 else ".xlsx"
        number, free = 1, f"registries/{path.stem}{ending}"
        while free in out:
            number += 1
            free = f"registries/{path.stem}_{number}{ending}"
        out[free] = parts
    return out


def manifest(filing: Filing, folder: Path, *, inputs: Mapping[str, str]) -> dict[str, Any]:
    """Return the manifest: terms, counts, hashes of what was read and of every file of ``folder``, and versions."""
    terms, total = filing.terms, community_rows(filing)[-1]
    return {
        "schema": SCHEMA,
        "title": filing.title,
        "draft": terms.draft,
        "terms": {"scheme": terms.scheme, "policy": terms.policy, "date": terms.date, "doc_no": terms.doc_no},
        "plan": {
            "atoms": filing.plan.atoms.version, "base": filing.plan.base, "grids": len(filing.plan),
            "in_band": [total["inside"], total["drawn"]], "households": total["households"],
        },
        "before": filing.before.base if filing.before is not None else None,
        "log": {"base": filing.log.base, "edits": len(filing.log), "head": filing.log.head},
        "findings": filing.findings.counts(),
        "registries": [
            {"name": one.table.name, "sha256": one.table.sha256, "dropped": len(one.table.dropped),
             "outcomes": {str(key): int(n) for key, n in one.homes["outcome"].value_counts().sort_index().items()}}
            for one in filing.registries
        ],
        "inputs": harmless(dict(inputs)),
        "versions": versions(),
        "files": {name: one["sha256"] for name, one in outputs(folder).items()},
    }  # fmt: skip


def verify_filing(folder: Path) -> list[tuple[str, str]]:
    """Return the files of a package that are not as they were filed, each with ``missing``, ``new`` or ``changed``."""
    stated = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))["files"]
    present = {name: one["sha256"] for name, one in outputs(folder).items()}
    names = [name for name in sorted({*stated, *present}) if stated.get(name) != present.get(name)]
    return [(name, "missing" if name not in present else "new" if name not in stated else "changed") for name in names]
