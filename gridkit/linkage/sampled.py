"""Accepted links as a sample is drawn from them, and the labels that come back."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

import numpy as np
import pandas as pd

from gridkit.linkage.keys import mention_keys
from gridkit.linkage.overrides import METHOD
from gridkit.model import Findings
from gridkit.model.fields import COMMUNITY, COMPOUND, GRID
from gridkit.model.samples import LINK_SAMPLE_COLUMNS, UNANSWERED
from gridkit.rules import CATALOGUE

if TYPE_CHECKING:
    from gridkit.model import City, Links, Places
    from gridkit.model.samples import Labels

NOT_DRAWN: Final = (METHOD, "all")
"""Methods of links that nobody needs to check: a person decided, or the row says "all" of a community."""


@dataclass(frozen=True)
class Labelled:
    """What labels say of the current links.

    ``sampled`` of the ``population`` of links that can be drawn were checked, of which ``wrong`` are counted as wrong;
    ``unclear`` of these could not be told, and ``unanswered`` were drawn and not filled in: both are counted as if they
    were wrong, so that the bound holds. ``stale`` labels speak of no current link; ``findings`` name them and what is
    not filled in.
    """

    sampled: int = 0
    wrong: int = 0
    unclear: int = 0
    unanswered: int = 0
    stale: int = 0
    population: int = 0
    findings: Findings = field(default_factory=Findings.none)


def sample_frame(city: City, places: Places, links: Links) -> pd.DataFrame:
    """Return the links that may be drawn: accepted ones of what organisations list, that no person has decided.

    Returns
    -------
    pandas.DataFrame
        ``LINK_SAMPLE_COLUMNS``, indexed by the key of the mention; rows that say the same share one, the first of
        them. Sorted by key.
    """
    rows = _listed(links)
    rows = rows[~rows["method"].isin(NOT_DRAWN)]
    keys = mention_keys(city, rows)
    level = rows["level"].to_numpy(dtype=object)
    names, above = _names(city, places)
    told = [(one, str(code)) for one, code in zip(level, rows["code"], strict=True)]
    frame = pd.DataFrame({
        "cell": [city.cell(str(record), "covers") for record in rows["record"]],
        "mention": rows["mention"].to_numpy(dtype=object), "parent": keys["parent"].to_numpy(dtype=object),
        "code": rows["code"].to_numpy(dtype=object), "name": [names.get(one, "") for one in told],
        "community": [above.get(one, "") for one in told], "method": rows["method"].to_numpy(dtype=object),
        "score": rows["score"].astype("float64").to_numpy(),
    }, index=pd.Index(keys["key"].to_numpy(dtype=object), name="key"))  # fmt: skip
    frame = frame[~frame.index.duplicated()].sort_index()
    return frame[list(LINK_SAMPLE_COLUMNS)]


def match_labels(city: City, links: Links, labels: Labels) -> Labelled:
    """Return what the labels say of the current links, found again by what their rows say.

    A label counts where a row still says this and is linked to the same place, or where a person has decided it since.
    A link that was found wrong and corrected still speaks for those that nobody has checked, so it counts however it
    was corrected; a link that was right and is no more does not. What was drawn and is not filled in counts as wrong:
    otherwise the hard ones could be left out.
    """
    if not len(labels):
        return Labelled()
    rows = _listed(links)
    keys = mention_keys(city, rows)["key"].to_numpy(dtype=object)
    now: dict[str, set[str]] = {}
    for key, code in zip(keys, rows["code"], strict=True):
        now.setdefault(key, set()).add(str(code))
    by_person = (rows["method"] == METHOD).to_numpy(bool)
    decided = set(keys[by_person]) | _none_decided(city, links)
    frame = labels.frame
    current = np.array(
        [key in decided or code in now.get(key, ()) for key, code in zip(frame["key"], frame["code"], strict=True)]
    )
    found_wrong = frame["label"].isin(("wrong", "unclear")).to_numpy(bool)
    kept, lost = frame[current | found_wrong], frame[~current]
    told = kept["label"].value_counts()
    unclear, unanswered = int(told.get("unclear", 0)), int(told.get(UNANSWERED, 0))
    drawable = set(keys[~by_person & ~rows["method"].isin(NOT_DRAWN).to_numpy(bool)])
    found = [CATALOGUE["L122"].found(row["key"], refs=[row["ref"]]) for row in lost.to_dict("records")]
    if unanswered:
        refs = kept.loc[kept["label"] == UNANSWERED, "ref"].tolist()
        found.append(CATALOGUE["L123"].found("", refs=refs, unanswered=unanswered, drawn=len(kept)))
    return Labelled(
        sampled=len(kept),
        wrong=int(told.get("wrong", 0)) + unclear + unanswered,
        unclear=unclear,
        unanswered=unanswered,
        stale=len(lost),
        population=len(drawable | set(kept["key"])),
        findings=Findings.of(found),
    )


def _listed(links: Links) -> pd.DataFrame:
    frame = links.frame
    here = (frame["field"] == "covers") & frame["accepted"].astype(bool) & frame["level"].isin((COMPOUND, GRID))
    return frame[here].sort_values(["record", "position", "code"], kind="stable")


def _none_decided(city: City, links: Links) -> set[str]:
    """Return the keys of mentions that a person has decided to mean nothing known."""
    frame = links.frame
    rows = frame[(frame["field"] == "covers") & (frame["method"] == METHOD) & ~frame["accepted"].astype(bool)]
    return set(mention_keys(city, rows)["key"])


def _names(city: City, places: Places) -> tuple[dict[tuple[str, str], str], dict[tuple[str, str], str]]:
    """Return the name, and the name of the community, of every compound and grid."""
    names = {
        (level, str(code)): str(name)
        for level in (COMPOUND, GRID) if level in city.layers
        for code, name in city.layers[level].frame["name"].items()
    }  # fmt: skip
    communities = city.layers[COMMUNITY].frame["name"].to_dict() if COMMUNITY in city.layers else {}
    above = {(COMPOUND, str(code)): str(communities.get(of, of)) for code, of in places.frame[COMMUNITY].items()}
    parents = places.parents.get(GRID, pd.Series(dtype=object))
    above |= {(GRID, str(code)): str(communities.get(of, of)) for code, of in parents.items()}
    return names, above
