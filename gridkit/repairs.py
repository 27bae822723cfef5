"""The steps of a repair of boundary layers: planned, done, taken back, and layers with fewer vertices."""

from __future__ import annotations

import hashlib
from dataclasses import asdict, replace
from functools import cache
from typing import TYPE_CHECKING, Any, Final, cast

import geopandas as gpd
import pandas as pd
import shapely

from gridkit import __version__
from gridkit.errors import InputError
from gridkit.geo.places import place
from gridkit.io.boundary_decisions import EXCEPTION_COLUMNS, read_decisions, read_exceptions
from gridkit.io.city import read_city
from gridkit.io.originals import LEVELS, made_valid, read_originals, unsound
from gridkit.io.project import LayerSpec
from gridkit.io.repair_settings import BorderSpec
from gridkit.io.stated import without_persons
from gridkit.locale import N_, gettext, speaking
from gridkit.model import Findings
from gridkit.model.boundaries import (
    BOUNDARY_DECISION_COLUMNS,
    DEFECT_COLUMNS,
    LOG_COLUMNS,
    SHAPE_COLUMNS,
    Inspection,
    Repair,
)
from gridkit.model.repairs import BoundaryPlan, LayerInput, MadeValid
from gridkit.repair_folder import DOCUMENT, UNDO, Done
from gridkit.reports.repair_files import MADE_VALID, read_document, read_lines
from gridkit.rules import CATALOGUE
from gridkit.topology.choices import demand_possible
from gridkit.topology.inspect import inspect
from gridkit.topology.journal import fingerprint, replay, standing
from gridkit.topology.levels import read_levels, system_of
from gridkit.topology.mend import authorities, mend
from gridkit.topology.nesting import check_nesting
from gridkit.topology.resolve import Limits
from gridkit.topology.simplify import simplify_levels

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from pathlib import Path

    from gridkit.io.originals import Original
    from gridkit.io.project import Project
    from gridkit.model import City

    Progress = Callable[[str, int, int], None]

STEPS: Final = (N_("reading"), N_("inspecting boundaries"), N_("repairing"), N_("writing"))
"""What is said while it goes on."""
SHOWN: Final = 10
"""Units or defects that a sentence names."""
_OF_SHAPES: Final = ("S103", "S104", "S130", "S131", "S133", "S134", "S135", "S136", "S160", "S161", "S163", "S164",
                     "S165", "S166", *(f"S1{number}" for number in range(69, 80)))  # fmt: skip


def _quiet(_step: str, _done: int, _total: int) -> None:
    """Show no progress."""


@cache
def rules_version() -> str:
    """Return a short hash of everything that the rules of boundaries say.

    >>> len(rules_version())
    8
    """
    said = [repr(rule) for code, rule in sorted(CATALOGUE.items()) if code.startswith("T")]
    return hashlib.sha256("\n".join(said).encode()).hexdigest()[:8]


def plan_repair(
    project: Project, *, decisions: Path | None = None, progress: Progress = _quiet, language: str = "zh"
) -> BoundaryPlan:
    """Inspect the boundary layers of a project and work out what a repair does; nothing is written.

    Parameters
    ----------
    project : Project
    decisions : pathlib.Path, optional
        File of decisions, instead of the one that the project names.
    progress : callable
        Called with the step in words, the number of steps done, and their total.
    language : str
        ``zh`` or ``en``.

    Raises
    ------
    gridkit.errors.InputError
        A file cannot be used, or a decision cannot be carried out.
    """
    return _plan(project, decisions, progress=progress, language=language)[0]


def _plan(
    project: Project, decisions: Path | None, *, progress: Progress, language: str
) -> tuple[BoundaryPlan, dict[str, Original], Project]:
    """Return the plan, the layers as their files have them, and the project without what names persons."""
    with speaking(language):
        project, _masked = without_persons(project)
        total = len(STEPS)
        progress(gettext(STEPS[0]), 0, total)
        city, noticed = read_city(project, lambda what, _done, _total: progress(what, 0, total))
        originals = read_originals(project, city.crs)
        decided, kept = _decisions(project, city, decisions)
        plan = _planned(project, city, decided, kept, progress=progress, language=language)
        plan = replace(
            _writable(plan, originals), inputs=_inputs(project, originals), made_valid=_made_valid(originals),
            findings=_concerning(noticed, plan.inspection, originals, city),
        )  # fmt: skip
        return plan, originals, project


def _made_valid(originals: Mapping[str, Original]) -> tuple[MadeValid, ...]:
    """Return the units that reading made valid, with what that changed."""
    return tuple(
        MadeValid(
            level, code, round(float(shapely.area(drawn)), 6), round(float(shapely.area(read)), 6),
            fingerprint(drawn), fingerprint(read),
        )
        for level, original in originals.items() for code, drawn, read in made_valid(original)
    )  # fmt: skip


def _concerning(noticed: Findings, found: Inspection, originals: Mapping[str, Original], city: City) -> Findings:
    """Return what reading says of the shapes of boundary layers, which have none, and which exceptions have ended."""
    ended = [row for row in found.findings.rows() if row["code"] in ("T601", "T602")]
    sources = {part.name for original in originals.values() for part in original.parts}
    sources |= {str(name) for level in LEVELS if level in city.layers for name in city.layers[level].frame["src"]}
    rows = [
        row for row in noticed.rows()
        if row["code"] in _OF_SHAPES
        and (row["subject"] in sources or any(str(ref).rsplit("!", 1)[0] in sources for ref in row["refs"]))
    ]  # fmt: skip
    codes = {str(code) for level in LEVELS if level in city.layers for code in city.layers[level].frame.index}
    nested = check_nesting(city, place(city)).with_code("T341").to_dict("records")
    return Findings.of([*rows, *ended, *(row for row in nested if str(row["subject"]) in codes)])


def _planned(
    project: Project, city: City, decided: pd.DataFrame, kept: pd.DataFrame, *, progress: Progress, language: str
) -> BoundaryPlan:
    total = len(STEPS)
    places = place(city)
    limits = Limits(**project.repair.limits())
    project.repair.demand_known(city.layers)
    authority = project.repair.sides()
    progress(gettext(STEPS[1]), 1, total)
    inspection = inspect(city, places, limits=limits, exceptions=kept)
    progress(gettext(STEPS[2]), 2, total)
    expired, current = _current(decided, city)
    repair = mend(
        city, places, authority=authority, limits=limits, decisions=current, exceptions=kept,
        locked=project.repair.locked,
    )  # fmt: skip
    after = {level: replace(layer, frame=repair.layers[level]) for level, layer in city.layers.items()}
    left = frozenset(inspect(city.with_layers(**after), places, limits=limits, exceptions=kept).frame.index)
    known = {*inspection.frame.index, *repair.log["defect_id"], *repair.waiting, *repair.failed}
    stale = tuple(sorted(set(current["defect_id"]) - known))
    sides = authorities(city, read_levels(city, places, system_of(city)), authority)
    stated = {child: side for (child, _parent), side in sides.items()}
    demand_possible(current, inspection.frame, {*repair.unused} & left, stated)
    settings = {
        "authority": stated, "limits": asdict(limits),
        "locked": list(project.repair.locked),
        "borders": [one.model_dump(mode="json") for one in project.repair.borders],
    }  # fmt: skip
    return BoundaryPlan(
        city, inspection, replace(repair, notes=() if stale else repair.notes), current, kept, settings,
        expired=expired, stale=stale, left=left, versions={"gridkit": __version__, "rules": rules_version()},
        language=language,
    )  # fmt: skip


def _decisions(project: Project, city: City, file: Path | None) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return the decisions and the exceptions of a project."""
    codes = {str(code) for layer in city.layers.values() for code in layer.frame.index}
    stated = (file, file.name) if file is not None else project.repair_file("decisions")
    decided = pd.DataFrame(columns=[*BOUNDARY_DECISION_COLUMNS, "ref"], dtype="object")
    if stated is not None:
        decided, _source = read_decisions(*stated, codes=codes)
    kept = pd.DataFrame(columns=[*EXCEPTION_COLUMNS, "ref"], dtype="object")
    exceptions = project.repair_file("exceptions")
    if exceptions is not None:
        kept, _source = read_exceptions(*exceptions)
    return decided, kept


def _current(decided: pd.DataFrame, city: City) -> tuple[tuple[str, ...], pd.DataFrame]:
    """Return the ids of the decisions that have ended, and the decisions that hold."""
    if city.as_of is None or not len(decided):
        return (), decided
    over = (decided["until"] != "") & (decided["until"] < city.as_of.isoformat())
    return tuple(decided.loc[over, "defect_id"]), decided[~over].reset_index(drop=True)


def _inputs(project: Project, originals: Mapping[str, Original]) -> tuple[LayerInput, ...]:
    specs = cast("Mapping[str, LayerSpec]", project.layers)
    return tuple(
        LayerInput(level, specs[level].model_dump(mode="json", exclude_defaults=True), original.sha256)
        for level, original in originals.items()
    )


def do_repair(
    project: Project, *, decisions: Path | None = None, progress: Progress = _quiet, language: str = "zh"
) -> Done:
    """Repair the boundary layers of a project; see :func:`plan_repair`. Nothing is written yet."""
    plan, originals, project = _plan(project, decisions, progress=progress, language=language)
    return Done(plan, plan.repair.layers, originals, project)


def undo_repair(
    project: Project, log: Path, ids: Sequence[str] = (), *, progress: Progress = _quiet, language: str = "zh"
) -> Done:
    """Take a repair back, as a whole or only the defects ``ids``.

    Parameters
    ----------
    project : Project
        The paths of the layers are those of the time of the repair, relative to its folder.
    log : pathlib.Path
        ``log.jsonl`` in the folder that the repair has left.

    Raises
    ------
    gridkit.errors.InputError
        The log cannot be read, knows no such defect, or a layer is not the one that was repaired.
    """
    with speaking(language):
        total = len(STEPS)
        progress(gettext(STEPS[0]), 0, total)
        records, document = read_lines(log), read_document(log.with_name(DOCUMENT))
        shapes = _shapes(log.with_name(UNDO))
        project = _as_it_was(project, document)
        city, noticed = read_city(project, lambda what, _done, _total: progress(what, 0, total))
        crs = str(document["repair"]["crs"])
        originals = read_originals(project, crs, [one["level"] for one in document["inputs"]])
        _demand_same(document, originals)
        frame = pd.DataFrame(records, columns=list(LOG_COLUMNS))
        unknown = sorted(set(ids) - set(frame["defect_id"]))
        if unknown:
            raise InputError(
                N_("the log knows no defect {ids}"), place=str(log), remedy=N_("see the column defect_id of the log"),
                ids=", ".join(unknown),
            )  # fmt: skip
        gone = tuple(ids) or tuple(dict.fromkeys(frame["defect_id"]))
        progress(gettext(STEPS[2]), 2, total)
        settled = frame[frame["op"] != MADE_VALID]
        stay = sorted(set(settled["defect_id"]) - set(gone))
        frames, more = _without(originals, settled, shapes, set(gone))
        if more:
            raise InputError(
                N_("without {gone} other units would be no valid areas; {more} must be taken back with them"),
                place=str(log), gone=", ".join(ids), more=", ".join(more),
                remedy=N_("take all of them back: gridkit repair PROJECT --revert LOG {all} -o DIR"),
                all=" ".join([*ids, *more]),
            )  # fmt: skip
        left = frame[~frame["defect_id"].isin(gone)]
        still = set(left.loc[left["op"] == MADE_VALID, ["level", "unit"]].itertuples(index=False, name=None))
        fixed = tuple(one for one in _made_valid(originals) if (one.level, one.code) in still)
        decided = _table(document["decisions"], BOUNDARY_DECISION_COLUMNS)
        kept = _table(document["exceptions"], EXCEPTION_COLUMNS)
        plan = _planned(project, city, decided, kept, progress=progress, language=language)
        log_left, kept_shapes = standing(frames, settled, shapes, stay)
        repair = Repair(frames, log_left, plan.repair.waiting, plan.repair.failed, (), kept_shapes)
        plan = replace(
            plan, repair=repair, inputs=_inputs(project, originals), made_valid=fixed, left=plan.left | set(gone),
            findings=_concerning(noticed, plan.inspection, originals, city),
        )  # fmt: skip
        return Done(plan, frames, originals, project, gone)


def _without(
    originals: Mapping[str, Original], log: pd.DataFrame, shapes: pd.DataFrame, gone: set[str]
) -> tuple[dict[str, gpd.GeoDataFrame], list[str]]:
    """Return the layers without the repairs ``gone``, and those that had to go with them so that all areas are valid.

    A unit is looked at in metres and in the numbers of its file; one that is left as it came is as it came.
    """
    ids, out = set(log["defect_id"]), set(gone)
    while True:
        stay = ids - out
        frames = {level: original.layer.frame for level, original in originals.items()}
        if stay:
            frames = replay(frames, log, shapes, ids=stay)
        bad = {(level, code) for level, original in originals.items() for code in unsound(original, frames[level])}
        at = [key in bad for key in zip(log["level"], log["unit"].astype(str), strict=True)]
        more = set(log.loc[at, "defect_id"]) - out
        if not more:
            return frames, sorted(out - set(gone))
        out |= more


def _writable(plan: BoundaryPlan, originals: Mapping[str, Original]) -> BoundaryPlan:
    """Return a plan without the repairs that give no valid areas in the numbers of the files; these wait."""
    repair = plan.repair
    if repair.shapes is None or not len(repair.log):
        return plan
    frames, gone = _without(originals, repair.log, repair.shapes, set())
    if not gone:
        return plan
    stay = set(repair.log["defect_id"]) - set(gone)
    mine = repair.log["defect_id"].isin(gone)
    units = sorted(set(repair.log.loc[mine, "unit"].astype(str)))
    log, shapes = standing(frames, repair.log, repair.shapes, stay)
    said = gettext("{n} repair(s) were taken back: in the numbers of the file they give no valid areas: {units}")
    note = said.format(n=f"{len(gone):,}", units=", ".join(units[:SHOWN]) + (" …" if len(units) > SHOWN else ""))
    failed = tuple(dict.fromkeys((*repair.failed, *gone)))
    layers = {**repair.layers, **frames}
    return replace(plan, repair=replace(
        repair, layers=layers, log=log, shapes=shapes, failed=failed, notes=(*repair.notes, note)
    ))  # fmt: skip


def _shapes(path: Path) -> pd.DataFrame:
    table = pd.DataFrame(read_lines(path), columns=list(SHAPE_COLUMNS))
    try:
        table["wkb"] = [bytes.fromhex(str(one)) for one in table["wkb"]]
    except ValueError as problem:
        raise InputError(
            N_("the shapes of the repair are damaged"), place=str(path), remedy=N_("restore the file from a copy")
        ) from problem
    return table


def _table(records: Sequence[Mapping[str, str]], columns: Sequence[str]) -> pd.DataFrame:
    return pd.DataFrame(list(records), columns=[*columns, "ref"], dtype="object").fillna("")


def _as_it_was(project: Project, document: Mapping[str, Any]) -> Project:
    """Return the project with the layers that were repaired, wherever it finds them now, and the limits of then."""
    layers = dict(cast("Mapping[str, LayerSpec]", project.layers))
    try:
        for one in document["inputs"]:
            spec = {key: value for key, value in one.items() if key not in ("level", "sha256")}
            layers[one["level"]] = LayerSpec(**spec)
        settings = document["settings"]
        repair = project.repair.model_copy(update={
            "authority": dict(settings["authority"]), "locked": tuple(settings["locked"]), **settings["limits"],
            "borders": tuple(BorderSpec(**one) for one in settings.get("borders", ())),
        })  # fmt: skip
    except (KeyError, TypeError, ValueError) as problem:
        raise InputError(
            N_("this is no repair.json of gridkit repair --apply"), place=DOCUMENT,
            remedy=N_("keep log.jsonl in the folder in which it was written"),
        ) from problem  # fmt: skip
    return project.model_copy(update={"layers": layers, "repair": repair})


def _demand_same(document: Mapping[str, Any], originals: Mapping[str, Original]) -> None:
    """Refuse layers that are no longer those that were repaired."""
    for one in document["inputs"]:
        now = dict(originals[one["level"]].sha256) if one["level"] in originals else {}
        for name, digest in one["sha256"].items():
            if now.get(name) != digest:
                raise InputError(
                    N_("this file is not the one that was repaired: it was changed since"), place=str(name),
                    remedy=N_("restore it; the shapes before the repair are in undo.jsonl"),
                )  # fmt: skip


def simplify(project: Project, tolerance: float, *, progress: Progress = _quiet, language: str = "zh") -> Done:
    """Return the boundary layers of a project with fewer vertices; see :func:`gridkit.topology.simplify`."""
    with speaking(language):
        project, _masked = without_persons(project)
        total = len(STEPS)
        progress(gettext(STEPS[0]), 0, total)
        city, _noticed = read_city(project, lambda what, _done, _total: progress(what, 0, total))
        places = place(city)
        progress(gettext("simplifying"), 2, total)
        found = simplify_levels(read_levels(city, places, system_of(city)), tolerance)
        originals = read_originals(project, city.crs, list(found))
        frames = {}
        for level, shapes in found.items():
            frame = city.layers[level].frame.copy()
            geometry = frame.geometry.to_numpy().copy()
            at = frame.index.get_indexer(shapes.index)
            geometry[at] = shapes.to_numpy()
            frame.geometry = gpd.GeoSeries(geometry, index=frame.index, crs=frame.crs)
            frames[level] = frame
        plan = BoundaryPlan(
            city, _nothing(city.crs), Repair({}, pd.DataFrame(columns=list(LOG_COLUMNS))),
            _table((), BOUNDARY_DECISION_COLUMNS), _table((), EXCEPTION_COLUMNS),
            {"authority": {}, "limits": {}, "locked": [], "simplify": tolerance}, inputs=_inputs(project, originals),
            versions={"gridkit": __version__, "rules": rules_version()}, language=language,
        )  # fmt: skip
        return Done(plan, frames, originals, project)


def _nothing(crs: str) -> Inspection:
    """Return an inspection that found nothing."""
    return Inspection(gpd.GeoDataFrame(columns=list(DEFECT_COLUMNS), geometry="geometry", crs=crs), Findings.none())
