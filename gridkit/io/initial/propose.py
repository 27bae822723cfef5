"""From what lies in a folder to a project: which file is which layer or registry, and what has to be asked."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Final

import shapely

from gridkit.io.initial.choice import as_registry, better_as_registry, in_one_place, rank, together
from gridkit.io.initial.columns import Names, by_content, gloss, has_points, names_of, pairs
from gridkit.io.initial.dates import as_of
from gridkit.io.initial.kinds import DISTRICT, Guess, family, length_level, sample
from gridkit.io.initial.nesting import level_by_place, with_parents
from gridkit.io.initial.systems import system_of
from gridkit.io.person_headers import shown_header
from gridkit.io.text import cell_text
from gridkit.locale import gettext
from gridkit.model.fields import COMPOUND, GRID, LEVELS, REGISTRY_FIELDS

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from gridkit.io.initial.look import Look

_SURE: Final = ((4.0, 1.5, "high"), (2.4, 0.6, "medium"))
"""Score and lead over the next kind from which on a guess is that sure."""

_LEAST: Final = 1.2
"""A table with a lower score is not proposed."""

_LISTED: Final = 8
"""Columns that are not recognised and written out."""

_MOSTLY: Final = 0.5
"""A column that fewer rows of a layer fill makes no registry of its own unasked."""

_LIST_FIELDS: Final = frozenset(("code", "name", "parent_code", "street_code", "street_name"))


@dataclass(frozen=True)
class Entry:
    """One table of the project file: ``[layers.<kind>]`` or ``[registries.<kind>]``.

    ``question`` says why it is only proposed as a comment; empty for an entry that is used. ``maybe`` is a system that
    fits better and is proposed as a comment.
    """

    group: str
    kind: str
    look: Look
    guess: Guess
    confidence: str = "low"
    columns: Mapping[str, str] = field(default_factory=dict)
    crs: str = ""
    maybe: str = ""
    reasons: tuple[str, ...] = ()
    doubts: tuple[str, ...] = ()
    question: str = ""

    @property
    def positions(self) -> dict[str, int]:
        """Position of the column of each field, those that only their content tells too."""
        return {**self.guess.fields, **{name: self.look.headers.index(header) for name, header in self.columns.items()}}


@dataclass(frozen=True)
class Proposal:
    """A project that could be: what is used, what waits for an answer, and what is not used and why."""

    name: str
    used: tuple[Entry, ...]
    asked: tuple[Entry, ...] = ()
    unused: tuple[tuple[str, str, str], ...] = ()
    as_of: str = ""
    dates: tuple[str, ...] = ()
    others: tuple[Look, ...] = ()


def propose(name: str, looks: Sequence[Look]) -> Proposal:
    """Propose a project.

    Parameters
    ----------
    name : str
        Name of the city, from the folder.
    looks : sequence of Look
        From :func:`gridkit.io.initial.recognise.look_around`.
    """
    unused = [(look.shown, look.problem, look.remedy) for look in looks if look.problem]
    rivals: dict[tuple[str, str], list[Entry]] = defaultdict(list)
    others = []
    boundaries = {entry.kind for look in looks if (entry := _layer(look)) is not None and look.shape == "polygon"}
    for look in looks:
        if not look.problem:
            entry = _layer(look) if look.geometry is not None else _table(look, boundaries)
            if entry is None:
                others.append(look)
            else:
                rivals[entry.group, entry.kind].append(entry)
    in_one_place(rivals)
    used, asked = _chosen(rivals)
    used += _by_place(used, others)
    used += _derived(used)
    unused += [(look.shown, *_why_not(look)) for look in others]
    names = _names(used)
    finished = with_parents([_finished(entry, names) for entry in used])
    dates = as_of([entry.look for entry in finished])
    return Proposal(
        name,
        tuple(entry for entry in finished if not entry.question),
        (*(entry for entry in finished if entry.question), *(_finished(entry, names) for entry in asked)),
        tuple(sorted(unused)),
        dates[0] if dates else "",
        tuple(dates[1]) if dates else (),
        tuple(others),
    )


def _confidence(guess: Guess, rest: Iterable[Guess]) -> str:
    """Return ``high``, ``medium`` or ``low`` by the score and its lead over the best other kind."""
    second = max((one.score for one in rest if family(one.kind) != family(guess.kind)), default=0.0)
    lacking = 1 if guess.lacking else 0
    for score, lead, word in _SURE[lacking:]:
        if guess.score >= score and guess.score - second >= lead:
            return word
    return "low"


def _layer(look: Look) -> Entry | None:
    """Return what a boundary layer is taken for; None where it is no level of a project."""
    if look.geometry is None or not look.guesses or look.shape not in ("polygon", "point"):
        return None
    best = look.guesses[0]
    if best.kind == DISTRICT or best.score < _LEAST:
        return None
    shapes = _shapes(look)
    told = ", ".join(_COUNTED[shape]().format(n=number) for shape, number in shapes.items())
    sure = _confidence(best, look.guesses[1:])
    entry = Entry("layers", best.kind, look, best, sure, reasons=(told, *best.reasons))
    if len(shapes) < 2:
        return entry
    text = gettext("it mixes geometries ({shapes}): do those that are no polygons belong to it?")
    doubt = text.format(shapes=told)
    return replace(entry, confidence="medium" if sure == "high" else sure, doubts=(doubt,))


_COUNTED: Final[Mapping[str, Callable[[], str]]] = {
    "polygon": lambda: gettext("{n} polygons"),
    "point": lambda: gettext("{n} points"),
    "line": lambda: gettext("{n} lines"),
}


def _shapes(look: Look) -> dict[str, int]:
    """Return how many features are polygons, points and lines, the widest first."""
    sizes = shapely.get_dimensions(look.geometry)
    counts = {shape: int((sizes == size).sum()) for shape, size in (("polygon", 2), ("point", 0), ("line", 1))}
    return {shape: number for shape, number in counts.items() if number}


def _table(look: Look, boundaries: set[str]) -> Entry | None:
    """Return what a table is taken for; ``boundaries`` are the levels of which polygons are there."""
    best = next((one for one in look.guesses if one.score >= _LEAST and _fits(one, look)), None)
    if best is None:
        return None
    points = has_points(look.guesses, look)
    rows = gettext("{n} rows").format(n=look.rows)
    sure = _confidence(best, look.guesses)
    if family(best.kind) == COMPOUND:
        layer = next((one for one in look.guesses if one.kind == COMPOUND), best)
        registry = next((one for one in look.guesses if one.kind == "compounds"), best)
        placed = COMPOUND not in boundaries and (points or ("code" in layer.fields and "lon" not in layer.fields))
        group, kind, taken = ("layers", COMPOUND, layer) if placed else ("registries", "compounds", registry)
        return Entry(group, kind, look, taken, sure, reasons=(rows, *taken.reasons))
    if best.kind in LEVELS:
        codes = next((one for one in look.guesses if one.kind == "codes" and _fits(one, look)), None)
        if codes is not None and best.kind != GRID and set(best.fields) <= _LIST_FIELDS:
            return Entry("registries", "codes", look, codes, "medium", reasons=(rows, *codes.reasons))
        if best.kind in boundaries or not (points or "code" in best.fields):
            return None
        return Entry("layers", best.kind, look, best, "low", reasons=(rows, *best.reasons))
    return Entry("registries", best.kind, look, best, sure, reasons=(rows, *best.reasons))


def _fits(guess: Guess, look: Look) -> bool:
    """Tell whether a list of codes holds codes of streets or communities; other kinds fit by their headers."""
    if guess.kind != "codes":
        return True
    texts = sample(look.columns[guess.fields["code"]]) if "code" in guess.fields else []
    return length_level(texts) in ("street", "community") or _mixed_codes(texts)


def _mixed_codes(texts: Sequence[str]) -> bool:
    fine = sum(text.isdigit() and len(text) in (6, 9, 12) for text in texts)
    return bool(texts) and fine >= 0.9 * len(texts)


def _why_not(look: Look) -> tuple[str, str]:
    """Return why a table or layer is not used, and what could be done."""
    best = look.guesses[0] if look.guesses else None
    if look.geometry is not None:
        if best is not None and best.kind == DISTRICT:
            return gettext("districts lie above the streets: no level of a project"), ""
        if look.shape not in ("polygon", "point"):
            return gettext("it holds neither polygons nor points"), gettext("save the boundaries as polygons")
        return gettext("nothing tells which level it is"), gettext("add it under [layers] if it is one")
    if best is not None and best.kind in LEVELS:
        return gettext("a table of places whose boundaries another file holds"), ""
    return gettext("too little tells which registry it is"), gettext("add it under [registries] if it is one")


def _chosen(rivals: Mapping[tuple[str, str], Sequence[Entry]]) -> tuple[list[Entry], list[Entry]]:
    """Settle who is used where several entries are of one kind."""
    used: list[Entry] = []
    asked: list[Entry] = []
    for level in LEVELS:
        found = sorted(rivals.get(("layers", level), ()), key=rank)
        for number, entry in enumerate(found):
            if number == 0:
                used.append(entry)
            elif entry.look.geometry is None and level == COMPOUND and better_as_registry(entry):
                used.append(as_registry(entry))
            else:
                text = gettext("{name} is used; is it this one?").format(name=found[0].look.shown)
                asked.append(replace(entry, question=text))
    for kind in REGISTRY_FIELDS:
        of_kind = [
            *rivals.get(("registries", kind), ()),
            *(one for one in used if (one.group, one.kind) == ("registries", kind)),
        ]
        used = [one for one in used if (one.group, one.kind) != ("registries", kind)]
        kept, left = together(kind, of_kind)
        used += kept
        asked += left
    return used, asked


def _by_place(used: Sequence[Entry], others: list[Look]) -> list[Entry]:
    """Return layers that nothing but their place tells, and take them out of ``others``."""
    layers = {entry.kind: entry for entry in used if entry.group == "layers" and entry.look.shape == "polygon"}
    found: list[Entry] = []
    for look in list(others):
        told = level_by_place(look, layers) if look.guesses and look.guesses[0].kind != DISTRICT else None
        if told is not None and told[0].kind not in {entry.kind for entry in used}:
            entry = Entry("layers", told[0].kind, look, told[0], "low", reasons=(told[1],))
            found.append(entry)
            layers[entry.kind] = entry
            others.remove(look)
    return found


def _derived(used: Sequence[Entry]) -> list[Entry]:
    """Return the registry of property service that a listing of compounds holds, where there is no other."""
    if any(entry.kind == "property_service" for entry in used):
        return []
    for entry in used:
        if entry.kind == COMPOUND and entry.look.geometry is None and "property_company" in entry.guess.fields:
            fields = {"company_name": entry.guess.fields["property_company"]}
            texts = entry.look.columns[fields["company_name"]]
            share = sum(bool(cell_text(cell).strip()) for cell in texts) / max(1, len(texts))
            told = gettext("the listing of compounds names property companies in {share} % of its rows")
            reason = told.format(share=round(100 * share))
            guess = Guess("property_service", 2.0, fields, (reason,))
            question = "" if share >= _MOSTLY else gettext("is it a registry of its own? Most rows name no company")
            found = Entry("registries", "property_service", entry.look, guess, "low", question=question)
            return [replace(found, confidence="low" if question else "medium", reasons=(reason,))] if share else []
    return []


def _names(used: Iterable[Entry]) -> Names:
    """Return the names and codes of everything that is used, by what they name."""
    found: dict[str, set[str]] = defaultdict(set)
    for entry in used:
        for what, texts in names_of(entry.kind, entry.guess.fields, entry.look).items():
            found[what] |= texts
    return dict(found)


def _finished(entry: Entry, names: Names) -> Entry:
    """Add columns that only their content tells, the system of coordinates, and what is lacking."""
    columns, told, doubts = by_content(entry.kind, entry.guess, entry.look, names)
    entry = replace(entry, columns=columns, reasons=(*entry.reasons, *told), doubts=(*entry.doubts, *doubts))
    for header in pairs(entry.look) if entry.look.geometry is None else ():
        text = gettext("{header} holds longitude and latitude in one cell; split it into two columns to have a layer")
        entry = replace(entry, doubts=(*entry.doubts, text.format(header=header)))
    known = set(entry.positions.values())
    strange = [header for at, header in enumerate(entry.look.headers) if header.strip() and at not in known]
    strange = [header for header in strange if shown_header(header) == header]
    if strange:
        text = gettext("columns not recognised: {headers}").format(headers=", ".join(strange[:_LISTED]))
        more = gettext("and {n} more").format(n=len(strange) - _LISTED) if len(strange) > _LISTED else ""
        entry = replace(entry, reasons=(*entry.reasons, f"{text}, {more}" if more else text))
    lacking = [name for name in entry.guess.lacking if name not in columns]
    if lacking and entry.kind not in LEVELS:
        listed = ", ".join(gloss(name, entry.kind) for name in lacking)
        text = gettext("no column found for {fields}; name it in columns").format(fields=listed)
        entry = replace(entry, doubts=(*entry.doubts, text))
    if entry.group == "layers":
        crs, doubt, question = system_of(entry.look)
        entry = replace(
            entry, crs=crs, doubts=(*entry.doubts, *filter(None, [doubt])), question=entry.question or question
        )
    return entry
