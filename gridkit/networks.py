"""The steps of merging: networks and posts read, laid over the atoms, merged, and written beside the plan."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING, Any, Final

import geopandas as gpd
import pandas as pd

from gridkit import plans
from gridkit.errors import InputError, UsageError
from gridkit.grids.baseline import NO_CODE
from gridkit.grids.codes import SCHEMES, Scheme
from gridkit.grids.drawn import Surroundings, check_drawn
from gridkit.grids.merge import POINT_COLUMNS, TOLERANCE, Network, overlay
from gridkit.grids.merge_drawn import drawn_borders
from gridkit.grids.merge_plan import merge_networks
from gridkit.grids.propose import Wish
from gridkit.io.networks import doubt, read_network, read_posts
from gridkit.io.person_numbers import mask_numbers
from gridkit.locale import N_, gettext
from gridkit.maps.merge_map import write_merge_map
from gridkit.model import Findings
from gridkit.model.plan import Atoms, Norm
from gridkit.plan_source import quiet
from gridkit.reports.merge import POSTS as POST_WORDS
from gridkit.reports.merge import MergeReport, make_report
from gridkit.reports.merge_files import WRITERS
from gridkit.stores.gpkg import write_geopackage
from gridkit.stores.plan_files import report_table
from gridkit.stores.plan_folder import is_plan, open_plan, plan_of, write_plan

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from pathlib import Path

    from gridkit.grids.merge import Overlay
    from gridkit.io.networks import ReadNetwork
    from gridkit.io.project import Project

    Progress = Callable[[str, int, int], None]

MAP: Final = "merge-map.html"
DRAWN_RULES: Final = ("G102", "G107", "G108", "G121", "G122", "G123")
"""What of a drawn layer is told before it is merged: grids in two communities, codes twice, empty shapes, gaps,
overlaps, land outside."""
STEPS: Final = (N_("reading networks"), N_("comparing borders"), N_("merging networks"))


@dataclass(frozen=True)
class Ask:
    """One network as it was named: what it is called, its file and layer, and the system that outranks the file's."""

    name: str
    path: Path
    layer: str = ""
    crs: str = ""


@dataclass(frozen=True)
class AskPosts:
    """A table or layer of posts as it was named: of which network, of which kind, and its file."""

    network: str
    kind: str
    path: Path


@dataclass(frozen=True)
class Soil:
    """What networks are laid on: atoms and bands; ``names`` of communities; what was read, and how it was made."""

    atoms: Atoms
    norm: Norm
    norms: Mapping[str, Norm]
    names: Mapping[str, str]
    files: Mapping[str, str]
    settings: Mapping[str, Any]
    notes: tuple[str, ...] = ()
    ledger: pd.DataFrame | None = None
    allow_mixed: bool = False

    @property
    def scheme(self) -> str:
        """How the project, or the plan, has its codes made; "" where neither says so."""
        codes = self.settings.get("codes")
        said = codes.get("scheme") if isinstance(codes, dict) else ""
        return said if isinstance(said, str) else ""


def soil_of_project(project: Project, *, band: str = "", measure: str = "", progress: Progress = quiet) -> Soil:
    """Return the atoms of a project; see :func:`gridkit.plans.make_atoms`."""
    made = plans.make_atoms(project, band=band, measure=measure, progress=progress)
    names = {str(code): str(name) for code, name in made.source.communities["name"].fillna("").items()}
    codes = {"scheme": project.grids.scheme, "policy": project.grids.policy}
    return Soil(
        made.built.atoms, made.source.norm, made.source.norms, names, made.source.files,
        {**made.settings, "codes": codes}, made.source.notes, plans.ledger_of(made), project.grids.allow_mixed,
    )  # fmt: skip


def soil_of_plan(folder: Path, *, band: str = "", measure: str = "") -> Soil:
    """Return the atoms of a plan folder."""
    stored = open_plan(folder)
    plan, norm = stored.plan, stored.plan.norm
    if band or measure:
        norm = Norm.parse(band or f"{norm.low}:{norm.best}:{norm.high}", measure=measure or norm.measure)
    document = stored.document
    return Soil(plan.atoms, norm, plan.norms, stored.communities, document["inputs"], document["settings"],
                tuple(stored.notes), stored.ledger)  # fmt: skip


def soil_of(source: Path, project: Callable[[], Project], *, band: str, measure: str, progress: Progress) -> Soil:
    """Return the atoms of a plan folder, or else of a project.

    Raises
    ------
    InputError
        A file cannot be used, or nobody lives there: grids are as large as their households say.
    """
    if is_plan(source):
        soil = soil_of_plan(source, band=band, measure=measure)
    else:
        soil = soil_of_project(project(), band=band, measure=measure, progress=progress)
    if not soil.atoms.frame[soil.norm.measure].sum():
        raise InputError(
            N_("no compound states its households: nothing says how large a merged grid is"), place=source.name,
            remedy=N_("give the layer or the table of compounds with their households ([layers.compound])"),
        )  # fmt: skip
    nameless = sorted({str(code) for code in soil.atoms.frame["community"] if str(code).startswith(NO_CODE)})
    if nameless:
        raise InputError(
            N_("{n} communities have no usable code, so that their grids can have none"), place=source.name,
            remedy=N_("give every community its code (a spreadsheet may have damaged it) and draw the plan again"),
            n=len(nameless),
        )  # fmt: skip
    return soil


@dataclass(frozen=True)
class Read:
    """Networks with their posts, what reading says of them, and the files that were read."""

    networks: tuple[Network, ...]
    notes: tuple[str, ...]
    findings: Findings
    files: Mapping[str, str]


def read_networks(
    asked: Sequence[Ask], posts: Sequence[AskPosts], soil: Soil, *, columns: Mapping[str, str] | None = None,
    progress: Progress = quiet,
) -> Read:  # fmt: skip
    """Read the networks and their posts.

    Parameters
    ----------
    asked : sequence of Ask
    posts : sequence of AskPosts
    soil : Soil
    columns : mapping of str to str, optional
        Field -> attribute, for all networks; ``post_code`` is the column of codes in tables of posts.
    progress : callable

    Raises
    ------
    InputError
        A file cannot be used, or a network lies elsewhere or in another datum.
    """
    columns = dict(columns or {})
    column = columns.pop("post_code", "")
    crs = soil.atoms.frame.crs.to_string()
    rims = soil.atoms.frame[["community", "geometry"]].dissolve("community", method="coverage").geometry
    found, notes, parts = [], [], []
    files: dict[str, str] = {}
    for done, (ask, name) in enumerate(zip(asked, _called(asked), strict=True)):
        progress(f"{gettext(STEPS[0])} {name}", done, len(asked))
        read = read_network(ask.path, name, crs, layer=ask.layer, columns=columns, stated=ask.crs)
        _demand_place(read, rims, ask)
        notes += _said(read)
        parts.append(_drawn_findings(read, rims, soil))
        parts.append(Findings.of(read.notes))
        files |= {f"networks/{name}/{file}": sha for file, sha in read.files.items()}
        mine = [one for one in posts if one.network == ask.name]
        network, more, hashes = _with_posts(read, mine, crs, column=column, stated=ask.crs)
        found.append(network)
        notes += more
        files |= hashes
    return Read(tuple(found), tuple(notes), Findings.concat(parts), files)


def _called(asked: Sequence[Ask]) -> list[str]:
    """Return what networks are called in all outputs: a file may be named after a person's number."""
    names: list[str] = []
    for ask in asked:
        name = mask_numbers(ask.name)
        names.append(name if name not in names else f"{name}#{len(names)}")
    return names


def _demand_place(read: ReadNetwork, rims: gpd.GeoSeries, ask: Ask) -> None:
    """Refuse a network in another datum than the communities, or one that lies elsewhere."""
    verdict, share = doubt(read, rims) if not ask.crs else ("", 1.0)
    remedy = N_("state the system of its numbers: --crs {network}=GCJ-02, or the EPSG code of the file")
    if verdict:
        turned = verdict.startswith("reverse ")
        raise InputError(
            N_("the communities seem to be in {datum}, and the network {network} not ({share} of its grids fit then)")
            if turned else
            N_("the network {network} seems to be in {datum}: {share} of its grids then lie in their communities"),
            place=ask.path.name, network=ask.name, datum=verdict.removeprefix("reverse "), share=f"{share:.0%}",
            remedy=N_("state crs at the layers in gridkit.toml") if turned
            else N_("say so: --crs {network}={datum}; or state the right system in its place"),
        )  # fmt: skip
    if not len(rims.sindex.query(read.grids.geometry.to_numpy(), predicate="intersects")[0]):
        raise InputError(
            N_("no grid of the network {network} lies in a community"), place=ask.path.name, network=ask.name,
            remedy=remedy,
        )  # fmt: skip


def _said(read: ReadNetwork) -> list[str]:
    """Return what a reader has to know of a network."""
    said = []
    if read.pointless:
        said.append(gettext("{network}: {n} features without an area are no grids and were left out").format(
            network=read.name, n=f"{read.pointless:,}"))  # fmt: skip
    for kind, n in sorted(read.unread.items()):
        said.append(gettext("{network}: {n} cells of {kind} are no counts and count as none").format(
            network=read.name, n=f"{n:,}", kind=gettext(POST_WORDS[kind])))  # fmt: skip
    nameless = int((read.grids["code"] == "").sum())
    if nameless:
        said.append(gettext("{network}: {n} grids have no code").format(network=read.name, n=f"{nameless:,}"))
    return said


def _drawn_findings(read: ReadNetwork, rims: gpd.GeoSeries, soil: Soil) -> Findings:
    """Return gaps, overlaps and land outside of a drawn network, with its name in front of what they are about."""
    table = pd.DataFrame({
        "code": read.grids["code"].to_numpy(), "name": read.grids["name"].to_numpy(),
        "kind": read.grids["grid_kind"].to_numpy(),
    }, index=[f"{read.name}!{key}" for key in read.grids.index])  # fmt: skip
    drawn = gpd.GeoDataFrame(table, geometry=read.grids.geometry.to_numpy(), crs=read.grids.crs)
    bodies = gpd.GeoDataFrame(geometry=rims, crs=rims.crs)
    nothing = pd.DataFrame({"name": [], "households": [], "persons": []})
    around = Surroundings(bodies, gpd.GeoDataFrame(nothing, geometry=gpd.GeoSeries([], crs=rims.crs)), soil.norm)
    rows = []
    for row in check_drawn(drawn, around).rows():
        if row["code"] in DRAWN_RULES:
            subject = str(row["subject"])
            rows.append({**row, "subject": subject if "!" in subject else f"{read.name}!{subject}"})
    return Findings.of(rows)


def _with_posts(
    read: ReadNetwork, posts: Sequence[AskPosts], crs: str, *, column: str, stated: str
) -> tuple[Network, list[str], dict[str, str]]:
    """Return a network with its posts, what is said of them, and the files that they came from."""
    listed, points, notes, files = [read.landless], [], [], {}
    for one in posts:
        table = read_posts(one.path, crs, column=column, stated=stated, kind=one.kind)
        listed.append(table.listed.assign(kind=one.kind))
        points.append(table.points.assign(kind=one.kind))
        files[f"posts/{read.name}/{table.name}"] = table.sha256
        if table.dropped:
            said = gettext("{file}: {n} columns of persons were left out; only rows are counted")
            notes.append(said.format(file=table.name, n=len(table.dropped)))
        if table.counted:
            said = gettext("{file}: {n} posts as the column {column} counts them")
            n = f"{int(table.listed['n'].sum()):,}"
            notes.append(said.format(file=table.name, n=n, column=mask_numbers(table.counted)))
        if table.unread:
            said = gettext("{file}: {n} cells of {column} are no counts and count as none")
            notes.append(said.format(file=table.name, n=f"{table.unread:,}", column=mask_numbers(table.counted)))
        if table.sums:
            said = gettext("{file}: {n} rows of totals or notes were not counted")
            notes.append(said.format(file=table.name, n=table.sums))
    network = Network(read.name, read.grids)
    if any(map(len, listed)):
        rows = pd.concat([part for part in listed if len(part)], ignore_index=True)
        network = replace(network, listed=rows[["kind", "code", "n"]])
    if any(map(len, points)):
        rows = pd.concat([part for part in points if len(part)], ignore_index=True)
        network = replace(network, points=rows[list(POINT_COLUMNS)])
    return network, notes, files


def merge(
    soil: Soil, read: Read, *, base: str = "", tolerance: float = TOLERANCE, wish: Wish = Wish(),  # noqa: B008
    scheme: str = "", progress: Progress = quiet,
) -> MergeReport:  # fmt: skip
    """Merge networks into one, and say what differs between them.

    Parameters
    ----------
    soil, read : Soil, Read
    base : str
        Network whose codes go on; the first by default.
    tolerance : float
        Metres by which departments draw the same border apart.
    wish : Wish
    scheme : str
        How codes of new grids are made: a preset or a template; by default as the project says.
    progress : callable

    Raises
    ------
    UsageError
        There is no such network, or serials run out.
    """
    names = [network.name for network in read.networks]
    base = mask_numbers(base)
    if base and base not in names:
        raise UsageError(
            N_("there is no network {network}; these are: {known}"), network=base, known=", ".join(names),
            remedy=N_("name one of them with --base"),
        )  # fmt: skip

    def drawing(code: str, done: int, total: int) -> None:
        progress(f"{gettext(STEPS[2])} {code}", done, total)

    progress(gettext(STEPS[1]), 0, 1)
    found = overlay(soil.atoms, read.networks, soil.norm, norms=soil.norms, tolerance=tolerance)
    drawn = drawn_borders(found, tolerance)
    wish = replace(wish, keep=0.0, allow_mixed=wish.allow_mixed or soil.allow_mixed)
    made_by = Scheme.of(scheme or soil.scheme or next(iter(SCHEMES)))
    made = merge_networks(
        found, base=names.index(base) if base else 0, wish=wish, scheme=made_by, ledger=soil.ledger, progress=drawing
    )
    notes = (*read.notes, *_without_atoms(found))
    return make_report(made, drawn, findings=read.findings, names=soil.names, tolerance=tolerance, notes=notes)


def _without_atoms(found: Overlay) -> list[str]:
    """Return what is said of grids that no atom belongs to: they are drawn smaller than what grids are made of."""
    said = gettext("{network}: {n} grids hold no atom, as others hold more of each: {codes}")
    out = []
    for network, plan, keys in zip(found.networks, found.plans, found.keys, strict=True):
        lost = sorted(key for uid, key in keys.items() if uid not in plan.grids.index)
        if lost:
            out.append(said.format(network=network.name, n=f"{len(lost):,}", codes=", ".join(lost[:5])))
    return out


def save_merge(report: MergeReport, folder: Path, *, soil: Soil, files: Mapping[str, str], maps: bool = True) -> Path:
    """Write the merged plan with its reports in the current language, whole or not at all.

    Parameters
    ----------
    report : MergeReport
    folder : pathlib.Path
        The plan folder to be.
    soil : Soil
    files : mapping of str to str
        Files of networks and posts -> sha256.
    maps : bool
        Whether the map is written.

    Raises
    ------
    gridkit.errors.OutputError
        The folder cannot be written, or holds something that was changed since or is not ours.
    """
    made = report.merged
    stored = replace(
        plan_of(made.plan, ledger=made.lineage.ledger), before=made.overlay.plans[made.base], communities=soil.names,
        report=report_table(made.proposal.report),
    )  # fmt: skip
    writers: dict[str, Callable[[Path], None]] = {name: partial(write, report) for name, write in WRITERS.items()}
    writers["differences.gpkg"] = partial(write_geopackage, report.layers())
    if maps:
        writers[MAP] = partial(write_merge_map, made, title=report.title)
    said = {
        "networks": [network.name for network in made.overlay.networks], "base": report.base,
        "tolerance": report.tolerance, "posts": {network.name: network.total for network in made.overlay.networks},
    }  # fmt: skip
    return write_plan(stored, folder, inputs={**soil.files, **files}, settings={**soil.settings, "merged": said},
                      extra=writers)  # fmt: skip
