"""The steps of ``gridkit link``: registries linked once more with further decisions, and what that leaves."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

import pandas as pd

from gridkit.audit import measure
from gridkit.coverage import cover
from gridkit.geo.places import place
from gridkit.io.city import read_city
from gridkit.io.stated import without_persons
from gridkit.linkage import check_links, link, merge_attributes, review_queue
from gridkit.locale import gettext
from gridkit.maps import write_review_html
from gridkit.model import Linked
from gridkit.pipeline import STEPS, decisions, quiet, ruleset_of
from gridkit.reports import write_link_json, write_review_xlsx
from gridkit.stores import write_links
from gridkit.writing import unwritable

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    from gridkit.io.project import Project
    from gridkit.pipeline import Progress

    LinkWriter = Callable[[Linked, Mapping[str, object], Path], None]

LINK_WRITERS: Final[Mapping[str, LinkWriter]] = {
    "link.json": lambda _linked, document, path: write_link_json(document, path),
    "links.parquet": lambda linked, _document, path: write_links(linked, path),
    "review.xlsx": lambda linked, _document, path: write_review_xlsx(linked.queue, path),
    "review.html": lambda linked, _document, path: write_review_html(linked.queue, linked.city, path),
}
"""What linking leaves: name -> function."""


def relink(
    project: Project, *, apply: Path | None = None, review: bool = False, progress: Progress = quiet
) -> tuple[Linked, Linked]:
    """Link the registries of ``project`` and decide coverage, as the project stands and with one more overrides file.

    Parameters
    ----------
    project : Project
    apply : pathlib.Path, optional
        The further overrides file; without it both results are the same.
    review : bool
        Whether the decisions that then wait for a person are worked out.
    progress : callable
        As of :func:`gridkit.pipeline.audit`.
    """
    total = len(STEPS) - 1
    project, _masked = without_persons(project)
    progress(gettext(STEPS[0]), 0, total)
    some = [decisions(project)] if apply is None else [decisions(project), decisions(project, apply)]
    ruleset = ruleset_of(project)
    city, _noticed = read_city(project, lambda what, _done, _total: progress(what, 0, total))
    progress(gettext(STEPS[2]), 2, total)
    places = place(city)
    found = []
    for at, (overrides, files) in enumerate(some, start=1):
        progress(gettext(STEPS[3]), 3, total)
        whole = replace(city, sources=(*city.sources, *files))
        links = link(whole, places, profile=project.links.profile, overrides=overrides)
        progress(gettext(STEPS[4]), 4, total)
        attributes, _conflicts = merge_attributes(whole, links)
        coverage = cover(whole, places, links, attributes, ruleset)
        progress(gettext(STEPS[5]), 5, total)
        indicators = measure(whole, places, links, attributes, coverage)
        asked = review and at == len(some)
        queue = review_queue(whole, places, links, coverage, attributes, ruleset) if asked else pd.DataFrame()
        found.append(Linked(whole, links, attributes, coverage, indicators, check_links(whole, links), queue))
    progress("", total, total)
    return found[0], found[-1]


def save_links(linked: Linked, document: Mapping[str, object], folder: Path) -> Path:
    """Write what linking leaves to ``folder``, made where it does not exist, each file whole or not at all.

    Raises
    ------
    gridkit.errors.OutputError
        The folder cannot be written.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as problem:
        raise unwritable(folder, problem) from problem
    for name, write in LINK_WRITERS.items():
        write(linked, document, folder / name)
    return folder
