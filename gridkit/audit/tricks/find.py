"""All tricks of a city: the fourteen detectors one after the other."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from gridkit.audit.tricks.branches import expired, far, functional, ghosts, large, members_twice, paper, wrong_form
from gridkit.audit.tricks.copied import copied
from gridkit.audit.tricks.counted import Counted
from gridkit.audit.tricks.denominator import exempt, shrunk
from gridkit.audit.tricks.instructors import stretched
from gridkit.audit.tricks.pairs import distant
from gridkit.audit.tricks.trick import Trick, told
from gridkit.audit.tricks.twice import twice

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

    from gridkit.model import Attributes, City, Coverage, Findings, Links, Places
    from gridkit.rules.ruleset import RuleSet

DETECTORS: Final[Mapping[str, Callable[[Counted], Iterator[Trick]]]] = {
    "A101": paper,
    "A102": far,
    "A103": large,
    "A104": expired,
    "A105": twice,
    "A106": shrunk,
    "A107": exempt,
    "A108": wrong_form,
    "A109": members_twice,
    "A110": functional,
    "A111": distant,
    "A112": copied,
    "A113": stretched,
    "A114": ghosts,
}
"""Rule -> the function that yields its offenders; all are linear in the rows and compounds."""


def search(
    city: City, places: Places, links: Links, attributes: Attributes, coverage: Coverage, *,
    ruleset: RuleSet, findings: Iterable[Findings] = (),
) -> tuple[Trick, ...]:  # fmt: skip
    """Return all tricks, sorted by rule, subject and rows.

    Parameters
    ----------
    city, places, links, attributes, coverage
        What the earlier rooms hand on; registries that the city has not got are no tricks.
    ruleset : RuleSet
        Says what counts, and holds the thresholds.
    findings : iterable of Findings
        What the earlier rooms have found. Where a rule C1xx, C2xx or L1xx has the same offenders, they are taken from
        there: without it A101-A105, A108, A109 and A114 find nothing or less.

    Notes
    -----
    Source: the detectors T1-T14 are named in the issue on the claim audit; each rule cites where it comes from. A trick
    is only found where it makes the figure look fuller: its rows carry declared coverage, or the denominator loses an
    uncovered compound by it.
    """
    counted = Counted.of(city, places, links, attributes, coverage, ruleset=ruleset, findings=findings)
    found = [trick for detector in DETECTORS.values() for trick in detector(counted)]
    return tuple(sorted(found, key=lambda trick: (trick.code, trick.subject, trick.rows, repr(trick.params))))


def find_tricks(
    city: City, places: Places, links: Links, attributes: Attributes, coverage: Coverage, *,
    ruleset: RuleSet, findings: Iterable[Findings] = (),
) -> Findings:  # fmt: skip
    """Return the findings A101-A114; parameters as of :func:`search`."""
    found = search(city, places, links, attributes, coverage, ruleset=ruleset, findings=findings)
    return told(found, city)
