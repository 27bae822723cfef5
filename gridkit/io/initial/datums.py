"""Layers whose degrees are those of a map service, told by the layers around them; districts may judge too."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

import pandas as pd

from gridkit.geo.detect import BD09, ENOUGH, GCJ02, REVERSE_BD09, REVERSE_GCJ02, SAME, DatumScores, score_datum
from gridkit.geo.labels import labels_in
from gridkit.io.initial.kinds import DISTRICT, meaning, sample
from gridkit.io.initial.places import degrees, written
from gridkit.io.text import cell_text
from gridkit.locale import N_, gettext
from gridkit.model.fields import COMPOUND, LEVELS

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import geopandas as gpd

    from gridkit.io.initial.look import Look
    from gridkit.io.initial.propose import Entry, Proposal

_FEWEST: Final = 5
"""Fewer features than this raise no question either."""

_BETTER: Final = 0.05
"""A hypothesis that is better than the layer as it stands by this share, and one feature, raises a question."""

HYPOTHESES: Final = {
    SAME: N_("as they stand"),
    GCJ02: N_("GCJ-02 undone"),
    BD09: N_("BD-09 undone"),
    REVERSE_GCJ02: N_("GCJ-02 undone in the other layer"),
    REVERSE_BD09: N_("BD-09 undone in the other layer"),
}
"""What each hypothesis about a datum is called."""
_UNTOLD: Final = N_("cannot tell")

_WORTH: Final = 0.3
"""A column of texts of which a smaller share names a parent says nothing about parents."""


@dataclass(frozen=True)
class Judge:
    """A layer of polygons to compare others with: its rank among the levels (-1 for districts), names, and places."""

    rank: int
    look: Look
    fields: Mapping[str, int]
    series: gpd.GeoSeries


@dataclass(frozen=True)
class Verdict:
    """What the comparison of one layer with another says: ``entry`` in ``parent``, both by name."""

    entry: str
    parent: str
    scores: DatumScores
    total: int = 0


def with_datums(proposal: Proposal) -> tuple[Proposal, list[Verdict]]:
    """Compare every layer in degrees with the wider ones, and propose the system that the comparison names.

    A clear verdict becomes the ``crs`` of the layer, with its scores as a doubt; where the wider layer is the one
    that lies elsewhere, only a doubt is written: which of two layers is right, the reader has to say.

    Returns
    -------
    proposal : Proposal
    verdicts : list of Verdict
        Every comparison that was made, the undecided ones too.
    """
    judges = _judges(proposal)
    verdicts: list[Verdict] = []
    used = []
    for entry in proposal.used:
        found = _compared(entry, judges) if entry.group == "layers" else []
        verdicts += found
        used.append(_settled(entry, found))
    return replace(proposal, used=tuple(used)), verdicts


def _judges(proposal: Proposal) -> list[Judge]:
    """Return the layers of polygons that others may lie in, districts first."""
    found: list[tuple[int, Look, Mapping[str, int]]] = [
        (-1, look, {})
        for look in proposal.others
        if look.guesses and look.guesses[0].kind == DISTRICT and look.shape == "polygon"
    ]
    found += [
        (LEVELS.index(entry.kind), entry.look, entry.guess.fields)
        for entry in proposal.used
        if entry.group == "layers" and entry.look.shape == "polygon" and entry.kind != COMPOUND
    ]
    return [Judge(rank, look, fields, series) for rank, look, fields in found if (series := degrees(look)) is not None]


def _compared(entry: Entry, judges: Sequence[Judge]) -> list[Verdict]:
    children = written(entry.look, entry.positions)
    if children is None or int(children.notna().sum()) < _FEWEST:
        return []
    there = (children.notna() & ~children.is_empty).to_numpy()
    found = []
    for judge in judges:
        if judge.rank < LEVELS.index(entry.kind) and judge.look is not entry.look:
            parents = judge.series.set_axis([str(at) for at in range(len(judge.series))])
            stated = _stated(entry, _names(judge))
            labels = stated[there] if stated is not None else None
            scores = score_datum(children[there], parents, stated=labels)
            found.append(Verdict(entry.look.shown, judge.look.shown, scores, int(there.sum())))
    return found


def _names(judge: Judge) -> pd.Series:
    """Return the names of the features of a layer, indexed by position."""
    look = judge.look
    at = judge.fields.get("name", -1)
    if at < 0:
        at = next((n for n, header in enumerate(look.headers) if "name" in meaning(header).values()), -1)
    names = [cell_text(cell).strip() for cell in look.columns[at]] if at >= 0 else []
    return pd.Series(names, index=[str(n) for n in range(len(names))], dtype=object)


def _stated(entry: Entry, names: pd.Series) -> pd.Series | None:
    """Return the parent that each feature names in one of its texts; None where too few do."""
    if names.empty:
        return None
    best: tuple[int, pd.Series | None] = (0, None)
    for column in entry.look.columns:
        texts = sample(column)
        if not texts or all(text.isascii() for text in texts):
            continue
        told = pd.Series([cell_text(cell) for cell in column], dtype=object)
        labels = labels_in(told, names)
        named = int((labels != "").sum())
        if named >= _WORTH * int((told != "").sum()) and named > best[0]:
            best = named, labels
    return best[1]


def _settled(entry: Entry, verdicts: Sequence[Verdict]) -> Entry:
    """Write what the verdicts say into an entry: those with stated parents outrank those without."""
    clear = [one for one in verdicts if one.scores.verdict]
    stated = [one for one in clear if one.scores.kind == "stated"] or clear
    names = {one.scores.verdict for one in stated}
    if not names:
        return _asked(entry, verdicts)
    told = tuple(sentence(one) for one in stated)
    if len(names) > 1:
        text = gettext("the layers around it disagree about its datum")
        return replace(entry, doubts=(*entry.doubts, text, *told))
    name = names.pop()
    if name == SAME:
        reason = gettext("its datum agrees with {parent}").format(parent=stated[0].parent)
        return replace(entry, reasons=(*entry.reasons, reason))
    if name.startswith("reverse"):
        text = gettext("{parent} seems to hold {crs} coordinates, or this layer does not hold what it says")
        doubt = text.format(parent=stated[0].parent, crs=name.removeprefix("reverse "))
        return replace(entry, doubts=(*entry.doubts, doubt, *told))
    return replace(entry, crs=name, doubts=(*entry.doubts, *told))


def _asked(entry: Entry, verdicts: Sequence[Verdict]) -> Entry:
    """Ask about the datum where nothing is certain but another one than that of the file fits clearly better."""
    best: tuple[float, Verdict | None, str] = (0.0, None, "")
    for one in verdicts:
        mine = one.scores.share(SAME)
        for name in (GCJ02, BD09):
            gain = one.scores.share(name) - mine
            if gain >= _BETTER and gain * one.scores.n >= 1 and gain > best[0]:
                best = gain, one, name
    _, verdict, name = best
    if verdict is None:
        return entry
    text = gettext("its datum is not certain, and {crs} fits better; if that is right, take away the # of its crs line")
    confidence = "medium" if entry.confidence == "high" else entry.confidence
    doubts = (*entry.doubts, text.format(crs=name), sentence(verdict))
    return replace(entry, maybe=name, confidence=confidence, doubts=doubts)


def sentence(verdict: Verdict) -> str:
    """Return what a comparison found, in one line: the share of features that lie in their parents, by hypothesis."""
    scores = verdict.scores
    table = scores.scores
    shares = ", ".join(f"{gettext(HYPOTHESES[row.hypothesis])} {100 * row.share:.1f} %" for row in table.itertuples())
    text = gettext("datum {verdict}: of {n} features this share lies where it should in {parent}: {shares}")
    verdict_text = (
        scores.verdict if scores.verdict in (GCJ02, BD09) else gettext(HYPOTHESES.get(scores.verdict, _UNTOLD))
    )
    told = text.format(verdict=verdict_text, n=scores.n, parent=verdict.parent, shares=shares)
    return told + _why_so_many(verdict)


def _why_so_many(verdict: Verdict) -> str:
    """Return why not every feature was compared; "" where all were."""
    scores = verdict.scores
    if scores.n < ENOUGH:
        return "; " + gettext("fewer than {n} features never settle it").format(n=ENOUGH)
    if scores.n >= verdict.total:
        return ""
    if scores.kind != "stated":
        return "; " + gettext("a sample of {total} features").format(total=verdict.total)
    text = gettext("of {total} features those are compared that name their parent and lie within 3 km of it")
    return "; " + text.format(total=verdict.total)
