"""The ordered steps of a run: from a project file to a run folder."""

from __future__ import annotations

import json
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Final

from gridkit.audit import (
    Decided,
    allowance_of,
    assumed,
    broken_rules,
    check_arithmetic,
    check_claims,
    judge,
    measure,
    prove,
    unread_claims,
    widen,
)
from gridkit.comparisons import compare
from gridkit.coverage import check_coverage, check_tree, cover
from gridkit.geo.places import place
from gridkit.io.boundary_decisions import read_exceptions
from gridkit.io.city import read_city
from gridkit.io.gate import harmless
from gridkit.io.labels import read_labels
from gridkit.io.overrides import read_overrides
from gridkit.io.project import FILE
from gridkit.io.stated import without_persons
from gridkit.linkage import check_links, find_duplicates, link, merge_attributes
from gridkit.linkage.sampled import Labelled, match_labels
from gridkit.locale import DEFAULT_LANGUAGE, N_, gettext, speaking
from gridkit.maps import coverage_map
from gridkit.maps.profiles import from_project
from gridkit.model import Findings, Run
from gridkit.model.samples import Labels
from gridkit.reports import (
    write_check_json,
    write_check_xlsx,
    write_docx,
    write_html,
    write_json,
    write_marked,
    write_xlsx,
)
from gridkit.rules.ruleset import RuleSetError, load_ruleset, override
from gridkit.rules.weights import load_weights
from gridkit.schema import check_city
from gridkit.stores import (
    inputs_digest,
    write_check,
    write_defects,
    write_gpkg,
    write_manifest,
    write_run,
    write_tables,
)
from gridkit.stores.bundle import write_bundle
from gridkit.stores.manifest import MANIFEST
from gridkit.topology import check_nesting
from gridkit.topology.inspect import inspect
from gridkit.topology.resolve import Limits

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping
    from pathlib import Path

    import geopandas as gpd
    import pandas as pd

    from gridkit.io.project import Project
    from gridkit.model import City, Links, Overrides, Places, Source
    from gridkit.rules.ruleset import RuleSet

    Progress = Callable[[str, int, int], None]
    Writer = Callable[[Run, Path], None]
    CheckWriter = Callable[["Checked", Project, Path], None]
    BundleWriter = Callable[[Run, Path, Path], None]

STEPS = (
    N_("reading"),
    N_("checking the tables"),
    N_("placing compounds"),
    N_("linking registries"),
    N_("deciding coverage"),
    N_("measuring indicators"),
    N_("judging claims"),
)


@dataclass(frozen=True)
class Checked:
    """What is known of a city before coverage is decided: its places, its links, and what is wrong with it.

    ``defects`` are those of its boundary layers, as of :class:`gridkit.model.boundaries.Inspection`.
    """

    city: City
    places: Places
    links: Links
    findings: Findings
    labelled: Labelled = field(default_factory=Labelled)
    defects: gpd.GeoDataFrame | None = None


def quiet(_step: str, _done: int, _total: int) -> None:
    """Show no progress."""


def check(project: Project, *, progress: Progress = quiet, covers: bool = True) -> Checked:
    """Read the files of ``project``, place and link them, and return what was found on the way.

    ``covers`` says whether branches that name nothing known are reported here; the audit reports them with the
    coverage (C111) and leaves them out here.

    Raises
    ------
    gridkit.errors.InputError
        A file cannot be used.
    """
    total = len(STEPS)
    progress(gettext(STEPS[0]), 0, total)
    overrides, files = decisions(project)
    sampled = project.sample_file()
    labels, labels_source = (Labels(), None) if sampled is None else read_labels(*sampled)
    files = files if labels_source is None else (*files, labels_source)
    kept, exceptions = excepted(project)
    city, noticed = read_city(project, lambda what, _done, _total: progress(what, 0, total))
    city = replace(city, sources=(*city.sources, *files, *exceptions))
    progress(gettext(STEPS[1]), 1, total)
    schema = check_city(city)
    progress(gettext(STEPS[2]), 2, total)
    places = place(city)
    nesting = check_nesting(city, places)
    limits = Limits(**project.repair.limits())
    boundaries = inspect(city, places, limits=limits, exceptions=kept, said=nesting)
    progress(gettext(STEPS[3]), 3, total)
    links = link(city, places, profile=project.links.profile, overrides=overrides)
    labelled = match_labels(city, links, labels)
    findings = [noticed, schema, nesting, boundaries.findings, labelled.findings]
    findings += [check_links(city, links, covers=covers, places=places), find_duplicates(city, places)]
    if covers:  # the audit judges the claims, and says so then
        findings.append(unread_claims(without_persons(project)[0].stated(), file=project.claims_file))
    return Checked(city, places, links, Findings.concat(findings), labelled, boundaries.frame)


def decisions(project: Project, *more: Path) -> tuple[Overrides, tuple[Source, ...]]:
    """Return the decisions of the project's overrides file and of further files, and those files as sources."""
    return read_overrides(project.overrides_files(*more), as_of=project.as_of)


def excepted(project: Project) -> tuple[pd.DataFrame | None, tuple[Source, ...]]:
    """Return the defects of boundaries that the project keeps as exceptions, and their file as a source."""
    stated = project.repair_file("exceptions")
    if stated is None:
        return None, ()
    kept, source = read_exceptions(*stated)
    return kept, (source,)


def ruleset_of(project: Project) -> RuleSet:
    """Return the rule set that the project names, with the project's own settings applied."""
    return override(load_ruleset(project.ruleset_text()), project.coverage.overrides)


def rules_or_mistakes(project: Project) -> tuple[RuleSet, list[tuple[str, str, str]]]:
    """Return the rule set of the project and its mistakes as file, key, sentence; with mistakes the strict set.

    A set with a mistake is not used at all: leaving one rule out would change what counts as covered.

    Raises
    ------
    gridkit.errors.InputError
        There is no such rule set, or its file cannot be read or is not TOML.
    """
    name, strict = project.coverage.ruleset, load_ruleset()
    mistakes, ruleset = [], strict
    try:
        ruleset = load_ruleset(project.ruleset_text())
    except RuleSetError as problem:
        mistakes += [(name, *mistake) for mistake in problem.mistakes]
    try:
        ruleset = override(ruleset, project.coverage.overrides)
    except RuleSetError as problem:
        mistakes += [(FILE, f"coverage.overrides.{key}".rstrip("."), said) for key, said in problem.mistakes]
    return (strict, mistakes) if mistakes else (ruleset, [])


def audit(project: Project, *, progress: Progress = quiet, language: str | None = None) -> Run:
    """Do the main job: everything from files to a :class:`gridkit.model.Run`.

    Parameters
    ----------
    project : Project
        From :func:`gridkit.io.project.read_project`.
    progress : callable
        Called with the step in words, the number of steps done, and their total.
    language : str, optional
        Language of reports and map, ``zh`` or ``en``; by default that of the project, Chinese where it names none.
    """
    language = language or project.language or DEFAULT_LANGUAGE
    with speaking(language):
        return _audit(project, progress, language)


def _audit(project: Project, progress: Progress, language: str) -> Run:
    ruleset, mistakes = rules_or_mistakes(project)
    said, _ = without_persons(project)
    checked = check(project, progress=progress, covers=False)
    city, places, links = checked.city, checked.places, checked.links
    total = len(STEPS)
    progress(gettext(STEPS[4]), 4, total)
    attributes, conflicts = merge_attributes(city, links)
    coverage = cover(city, places, links, attributes, ruleset)
    consistency = check_coverage(city, places, links, attributes, coverage, ruleset)
    tree = check_tree(city, places, links, thresholds=ruleset.thresholds)
    progress(gettext(STEPS[5]), 5, total)
    indicators = measure(city, places, links, attributes, coverage)
    progress(gettext(STEPS[6]), 6, total)
    known = [checked.findings, conflicts, consistency, tree]
    checks = checked.labelled
    allowance = (
        allowance_of(checks.sampled, checks.wrong, links=checks.population) if checks.sampled else assumed(ruleset)
    )
    decided = Decided(city, places, links, attributes, coverage)
    result, tricks = prove(decided, ruleset=ruleset, allowance=allowance, findings=known)
    indicators = widen(indicators, result, city, links)
    stated = said.stated()
    claims = judge(stated, indicators, city, result=result, trusted=not mistakes)
    parts = [*known, tricks, check_arithmetic(city, said.claims, indicators)]
    parts += [check_claims(stated, claims, file=said.claims_file), broken_rules(mistakes)]
    compared = compare(said, city, places, links, overrides=decisions(project)[0])
    city, result = compared.city, replace(result, differences=compared.differences, bridges=compared.bridges)
    parts.append(compared.findings)
    settings = {
        **harmless(said.settings()),
        "ruleset": ruleset.model_dump(mode="json"),
        **({"ruleset_mistakes": [list(mistake[:2]) for mistake in mistakes]} if mistakes else {}),
        "weights": load_weights().version,
        **({"boundaries": limits} if (limits := project.repair.limits()) else {}),
    }
    progress("", total, total)
    return Run(
        city=city,
        places=places,
        links=links,
        attributes=attributes,
        coverage=coverage,
        indicators=indicators,
        claims=claims,
        findings=Findings.concat(parts),
        inputs_hash=inputs_digest(city.sources, settings, language=language),
        language=language,
        settings=settings,
        result=result,
        defects=checked.defects,
    )


def write_map(run: Run, path: Path) -> None:
    """Write the offline coverage map of ``run`` to ``path``."""
    with speaking(run.language):
        coverage_map(run, **from_project(run.settings)).save(path)


# The register of writers: whatever leaves this package as a file stands here, and nothing else may write one. The tests
# of privacy walk it: they feed persons in through every column and look for them in the bytes of every writer.
#
#   WRITERS        name -> function(run, path): what a run folder holds ("tables" is a folder, the others are files)
#   linking.LINK_WRITERS   name -> function(linked, document, path): what ``gridkit link --out`` leaves
#   BUNDLE_WRITERS name -> function(run, folder, path): what ``gridkit audit --bundle`` leaves; folder is a run folder
#   PLAN_WRITERS   name -> function(plan, path), and REPAIR_WRITERS name -> function(done, path), both in
#                  :mod:`gridkit.repair_folder`: what ``gridkit repair`` leaves
#   CHECK_WRITERS  name -> function(checked, project, path): what ``gridkit check`` leaves; ``project.root`` is the
#                  folder of the inputs
#
# ``gridkit map`` also calls :func:`gridkit.maps.streets.write_by_street` (pages, from the features of the one page)
# and :func:`gridkit.maps.still.write_still` (a picture of them).
#
# What a command prints, and what it writes without either value (gridkit.toml of ``gridkit init``), is registered by
# the command itself in ``gridkit.cli.COMMANDS``: tests/privacy/lines.py has a line to call each of them with, and
# reads stdout, stderr and every file that is new afterwards. Every writer goes through :func:`gridkit.writing.whole`:
# the file is there whole or not at all, and :class:`gridkit.errors.OutputError` says why not.
WRITERS: Final[Mapping[str, Writer]] = {
    "map.html": write_map,
    "audit.xlsx": write_xlsx,
    "audit.html": write_html,
    "audit.docx": write_docx,
    "audit.json": write_json,
    "city.gpkg": write_gpkg,
    "tables": write_tables,
    MANIFEST: write_manifest,
}
"""What a run leaves: name in the run folder -> function that writes it."""

BUNDLE_WRITERS: Final[Mapping[str, BundleWriter]] = {"bundle.zip": write_bundle}
"""What a run leaves where one file is asked for."""

CHECK_WRITERS: Final[Mapping[str, CheckWriter]] = {
    "check.xlsx": lambda checked, _project, path: write_check_xlsx(checked, path),
    "marked": write_marked,
    "defects.gpkg": lambda checked, _project, path: write_defects(
        checked.defects, checked.findings, checked.city, path
    ),
    "check.json": lambda checked, _project, path: write_check_json(checked, path),
}
"""What a check leaves: name -> function that writes it; the last one lists the others with their hashes."""


def writers(*, with_map: bool = True) -> Mapping[str, Writer]:
    """Return what a run folder is filled with: file name -> function; the manifest is written last, by itself."""
    without = {MANIFEST} if with_map else {MANIFEST, "map.html"}
    return {name: write for name, write in WRITERS.items() if name not in without}


def save(
    run: Run, parent: Path, *, project: Path | None = None, with_map: bool = True, only: Collection[str] = ()
) -> Path:
    """Write the run folder of ``run`` under ``parent``, whole or not at all, and return its path.

    Parameters
    ----------
    project : pathlib.Path, optional
        The project file, so that ``gridkit verify`` finds the inputs again.
    only : collection of str
        Names of ``WRITERS``: nothing else is written beside the manifest.
    """
    rules = json.dumps(run.settings["ruleset"], ensure_ascii=False, sort_keys=True)
    chosen = {name: write for name, write in writers(with_map=with_map).items() if not only or name in only}
    with speaking(run.language):
        return write_run(run, parent, chosen, project=project, ruleset_text=rules)


def save_check(checked: Checked, project: Project, folder: Path, *, progress: Progress = quiet) -> Path:
    """Write everything that a check leaves to ``folder``, whole or not at all, and return it.

    Raises
    ------
    gridkit.errors.OutputError
        The folder cannot be written, or holds something that no check has written.
    """

    def told(name: str, write: CheckWriter, done: int) -> Callable[[Path], None]:
        def write_one(path: Path) -> None:
            progress(gettext("writing {name}").format(name=name), done, len(CHECK_WRITERS))
            write(checked, project, path)

        return write_one

    writers = {name: told(name, write, done) for done, (name, write) in enumerate(CHECK_WRITERS.items())}
    return write_check(folder, writers)
