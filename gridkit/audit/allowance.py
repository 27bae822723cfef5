"""How many accepted links may be wrong: measured on a sample that persons have checked, or assumed by the rule set."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Final

from scipy.stats import beta

from gridkit.audit.sampling import bound
from gridkit.model import Allowance

if TYPE_CHECKING:
    from gridkit.rules.ruleset import RuleSet

CONFIDENCE: Final = 0.95


def allowance_of(sampled: int, wrong: int, *, confidence: float = CONFIDENCE, links: int | None = None) -> Allowance:
    """Return an upper bound of the share of wrong links from a random sample in which ``wrong`` of ``sampled`` were.

    Parameters
    ----------
    sampled, wrong : int
        Links that persons have checked, and how many of them were wrong.
    confidence : float
        Probability (above 0, below 1) with which the bound holds, over repeated samples.
    links : int, optional
        How many accepted links there are in all, of which the sample was drawn without putting back. With it the bound
        is that of the finite population, which is never wider.

    Returns
    -------
    Allowance
        ``rate`` is the exact one-sided Clopper-Pearson bound. With ``links`` it is the largest share of wrong links
        with which so few wrong ones would still be seen with a probability of at least ``1 - confidence``.

    Raises
    ------
    ValueError
        More wrong than sampled, more sampled than there are, nothing sampled, or a confidence that is none.

    Notes
    -----
    With none wrong the bound is 1 - (1 - confidence)^(1/n), about 3 / n: the rule of three.
    Source: Clopper and Pearson, Biometrika 26 (1934) 404-413.

    Examples
    --------
    >>> round(allowance_of(300, 0).rate, 5), round(allowance_of(300, 3).rate, 5), allowance_of(10, 10).rate
    (0.00994, 0.02564, 1.0)
    >>> round(allowance_of(300, 0, links=600).rate, 5), allowance_of(300, 3, links=300).rate
    (0.00667, 0.01)
    """
    if not 0 <= wrong <= sampled or not sampled or not 0 < confidence < 1 or (links is not None and links < sampled):
        raise ValueError(f"{wrong} wrong of {sampled} sampled of {links} links at {confidence}")
    rate = 1.0 if wrong == sampled else float(beta.ppf(confidence, wrong + 1, sampled - wrong))
    if links is not None:
        rate = min(rate, bound(links, sampled, wrong, confidence) / links)
    return Allowance(rate, sampled, wrong, confidence)


def assumed(ruleset: RuleSet) -> Allowance:
    """Return the allowance that the rule set assumes where nobody has checked a sample.

    >>> from gridkit.rules.ruleset import load_ruleset
    >>> assumed(load_ruleset()), assumed(load_ruleset()).measured
    (Allowance(rate=0.01, sampled=0, wrong=0, confidence=0.95), False)
    """
    return Allowance(rate=ruleset.audit.link_error)


def most_wrong_of(count: int, rate: float) -> int:
    """Return how many of ``count`` links may be wrong: rounded up, so that the bound stays one.

    >>> most_wrong_of(300, 0.01), most_wrong_of(301, 0.01), most_wrong_of(5, 0.0), most_wrong_of(0, 0.5)
    (3, 4, 0, 0)
    """
    return math.ceil(round(count * rate, 9))
