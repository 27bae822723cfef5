"""One status per compound: every rule is evaluated and kept, the first that holds decides."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from gridkit.coverage.cells import reasons
from gridkit.coverage.facts import collect
from gridkit.coverage.flags import flags_of
from gridkit.coverage.gather import gather
from gridkit.coverage.kleene import MAYBE, Answers, N, Y, strongest, words
from gridkit.coverage.predicates import Hit, Outcome, of_compound, try_rule, waits
from gridkit.errors import InputError
from gridkit.locale import N_
from gridkit.model import Coverage
from gridkit.model.fields import COMPOUND

if TYPE_CHECKING:
    from gridkit.coverage.facts import Facts
    from gridkit.model import Attributes, City, Links, Places
    from gridkit.rules.ruleset import Counting, RuleSet


def need_compounds(city: City) -> None:
    """Raise an InputError where the project has no compound layer: there is nothing to cover, and no denominator."""
    if COMPOUND not in city.layers:
        raise InputError(
            N_("the project has no compound layer, so there is nothing whose coverage could be decided"),
            place="gridkit.toml",
            remedy=N_("name the boundary file of the compounds under [layers.compound]; gridkit check works without"),
        )


def cover(city: City, places: Places, links: Links, attributes: Attributes, ruleset: RuleSet) -> Coverage:
    """Return how each compound is covered and why.

    Parameters
    ----------
    city, places, links, attributes
        What was read, where the compounds lie, what the registries name, and the attributes of the compounds.
    ruleset : RuleSet
        The rules in order, and what counts.

    Returns
    -------
    Coverage
        One row per compound, in the order of ``attributes.frame``. ``organisation`` (``work``) is yes where any rule
        holds whose status counts as organisation (work), no where the silence of complete registries means no and no
        link is open, else unknown. ``valid`` is the best answer over the records of all rules that hold and count the
        same way as the deciding one; ``via`` are the records of the deciding rule, and where only records of a later
        rule are valid, those too. ``trace`` has one row per compound and rule, with ``open_via`` beside ``via``.

    Raises
    ------
    InputError
        The city has no compound layer.

    Notes
    -----
    Source: domain rules D1-3, D1-4, D3-1. UNCOVERED speaks of organisations: it is said where the branch registry is
    complete and nothing is open, and work may be unknown beside it, where nothing complete speaks of instructors and
    pairings. UNKNOWN may stand beside a known organisation coverage, where a link of another kind waits.
    """
    need_compounds(city)
    facts = collect(city, places, links, attributes, ruleset=ruleset)
    hits, outcome = evaluate(facts, ruleset)
    answers = np.column_stack([hit.answer for hit in hits])
    first = (answers == Y).argmax(axis=1)
    statuses = np.array([rule.status for rule in ruleset.rules], dtype=object)
    frame = pd.DataFrame({"status": statuses[first]}, index=facts.codes)
    frame["organisation"], frame["work"] = words(outcome.organisation), words(outcome.work)
    valid, support = validity(hits, first, ruleset=ruleset)
    frame["valid"] = words(valid)
    frame["rule"] = np.array([rule.id for rule in ruleset.rules], dtype=object)[first]
    size = len(frame)
    frame["via"] = gather(support["place"].to_numpy(), support["record"].to_numpy(), size)
    open_ = pd.concat([hit.records[hit.records["strength"] == MAYBE] for hit in hits], ignore_index=True)
    frame["open_via"] = gather(open_["place"].to_numpy(), open_["record"].to_numpy(), size)
    frame["flags"] = flags_of(facts, frame, ruleset=ruleset)
    frame["refs"] = reasons(facts, support)
    counts_as = tuple(ruleset.organisation.statuses)
    return Coverage(frame, ruleset.name, counts_as, trace(facts, hits, ruleset=ruleset))


def evaluate(facts: Facts, ruleset: RuleSet) -> tuple[list[Hit], Outcome]:
    """Return every rule over all compounds, in the order of the rule set, and the two measures of coverage."""
    first = {rule.id: try_rule(rule, facts) for rule in ruleset.rules if not _last(rule)}
    hits = list(first.values())
    held = {rule.id: rule.status for rule in ruleset.rules if rule.id in first}
    organisation, work = (
        _measure([first[name].answer for name, status in held.items() if status in counting.statuses], counting, facts)
        for counting in (ruleset.organisation, ruleset.work)
    )
    outcome = Outcome(organisation, work, waits(hits))
    ordered = [first[rule.id] if rule.id in first else try_rule(rule, facts, outcome=outcome) for rule in ruleset.rules]
    return ordered, outcome


def _last(rule: Any) -> bool:
    return rule.always or any(needs.of_outcome for needs in rule.needs)


def _measure(answers: list[Answers], counting: Counting, facts: Facts) -> Answers:
    """Yes where a counted rule holds; no where none can hold and silence means no; else maybe."""
    size = len(facts.codes)
    best = np.maximum.reduce([np.zeros(size, dtype=np.int8), *answers])
    silent = [of_compound(table, facts) == Y for table in counting.silence]
    settled = np.logical_or.reduce([np.zeros(size, dtype=bool), *silent])
    return np.where((best == N) & ~settled, MAYBE, best).astype(np.int8)


def validity(hits: list[Hit], first: np.ndarray[Any, Any], *, ruleset: RuleSet) -> tuple[Answers, pd.DataFrame]:
    """Return the validity per compound, and the records (``place``, ``record``) that cover it.

    Uncovered and planned compounds are not validly covered; for unknown ones it is unknown.
    """
    size = len(first)
    kind = np.array([_class(rule.status, ruleset) for rule in ruleset.rules])
    parts = [hit.records[hit.records["strength"] == Y].assign(rule=i) for i, hit in enumerate(hits)]
    records = pd.concat(parts, ignore_index=True)
    place, rule = records["place"].to_numpy(np.int64), records["rule"].to_numpy(np.int64)
    answer = records["valid"].to_numpy(np.int8)
    own = rule == first[place]
    alike = (kind[rule] >= kind[first[place]]) & (kind[first[place]] > 0)
    best_own = strongest(place[own], answer[own], size)
    best = strongest(place[alike], answer[alike], size)
    unknown = np.array([r.status == "UNKNOWN" for r in ruleset.rules])[first]
    valid = np.where(unknown, MAYBE, np.where(kind[first] > 0, best, N)).astype(np.int8)
    helping = alike & (answer == best[place]) & (best[place] > best_own[place])
    return valid, records.loc[own | helping, ["place", "record", "rule"]]


def _class(status: str, ruleset: RuleSet) -> int:
    """2 for a status that counts as organisation coverage, 1 for work coverage only, 0 for neither."""
    return 2 if status in ruleset.organisation.statuses else int(status in ruleset.work.statuses)


def trace(facts: Facts, hits: list[Hit], *, ruleset: RuleSet) -> pd.DataFrame:
    """Return one row per compound and rule: ``compound``, ``rule``, ``held``, ``via``, ``open_via``."""
    size, rules = len(facts.codes), len(hits)
    columns: dict[str, list[Any]] = {"held": [], "via": [], "open_via": []}
    for hit in hits:
        strength = hit.records["strength"].to_numpy()
        columns["held"].append(hit.answer == Y)
        for name, wanted in (("via", Y), ("open_via", MAYBE)):
            part = hit.records[strength == wanted]
            columns[name].append(gather(part["place"].to_numpy(), part["record"].to_numpy(), size))
    table = {name: np.column_stack(parts).reshape(-1) for name, parts in columns.items()}
    names = np.array([rule.id for rule in ruleset.rules], dtype=object)
    # Plain objects: many rows share one text, which arrow-backed text would hold once per row.
    told = {"compound": np.repeat(facts.codes.to_numpy(object), rules), "rule": np.tile(names, size), **table}
    return pd.DataFrame({name: pd.Series(values, dtype=values.dtype) for name, values in told.items()})
