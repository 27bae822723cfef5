"""What became of each property company (两建一派), and which outcomes contradict the rule."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import pandas as pd

from gridkit.model.fields import NO, YES

if TYPE_CHECKING:
    import numpy as np

OWN_BRANCH_FROM: Final = 3
"""Formal members from which a company founds its own branch (domain note 2.4: ">= 3 formal and eligible")."""

OUTCOMES: Final = ("own", "joint", "instructor", "none", "unknown")
ORGANISED: Final = ("own", "joint")


def outcomes(companies: pd.DataFrame) -> pd.Series:
    """Return ``own``, ``joint``, ``instructor``, ``none`` or ``unknown`` (nothing stated) per company."""
    return companies["party_form"].replace("", "unknown").astype("object")


def contradictions(companies: pd.DataFrame) -> pd.Series:
    """Return, per company whose stated outcome contradicts its own numbers, the reason.

    Parameters
    ----------
    companies : pandas.DataFrame
        The registry ``property_companies``.

    Returns
    -------
    pandas.Series
        Reason by row id, only rows that contradict: ``should_be_own`` (>= 3 formal members and eligible, but joint,
        instructor or none), ``too_few_for_own`` (own branch with < 3 formal members), ``not_eligible`` (own branch,
        though stated as not eligible), ``nobody_to_organise`` (joint, though without any member).

    Examples
    --------
    >>> frame = pd.DataFrame({
    ...     "members": [4, 2, 0], "formal_members": [3, 2, 0], "eligible": ["yes", "no", "unknown"],
    ...     "party_form": ["joint", "own", "instructor"]}).astype({"members": "Int64", "formal_members": "Int64"})
    >>> contradictions(frame).to_dict()
    {0: 'should_be_own', 1: 'too_few_for_own'}
    """
    form, eligible = companies["party_form"], companies["eligible"]
    formal, members = companies["formal_members"], companies["members"]
    enough = (formal >= OWN_BRANCH_FROM).fillna(False)
    too_few = (formal < OWN_BRANCH_FROM).fillna(False) | (members < OWN_BRANCH_FROM).fillna(False)
    nobody = (members == 0).fillna(False)
    reasons: dict[str, pd.Series] = {
        "should_be_own": enough & (eligible == YES) & form.isin(("joint", "instructor", "none")),
        "too_few_for_own": too_few & (form == "own"),
        "not_eligible": (eligible == NO) & (form == "own"),
        "nobody_to_organise": nobody & (form == "joint"),
    }
    found = pd.Series("", index=companies.index, dtype="object")
    for reason, mask in reasons.items():
        at: np.ndarray = mask.to_numpy(dtype=bool) & (found == "").to_numpy()
        found = found.mask(pd.Series(at, index=found.index), reason)
    return found[found != ""]
