"""One network from several: the merged plan, its codes, and what a person has to decide."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Final

from gridkit.grids.codes import SCHEMES, Scheme, empty_ledger
from gridkit.grids.lineage import issue_codes, with_present
from gridkit.grids.merge import Overlay, votes
from gridkit.grids.merge_borders import Borders, given_up, shares
from gridkit.grids.merge_homes import TO_DECIDE, crosswalk, homes
from gridkit.grids.propose import Proposal, Wish, propose

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    import pandas as pd

    from gridkit.model.plan import Lineage, Plan

DECISIONS: Final = ("post", "border", "band")
"""What is left to a person: posts without a home; agreed borders given up; grids outside the band."""


@dataclass(frozen=True)
class Merged:
    """One network made of several.

    Parameters
    ----------
    overlay : Overlay
    base : int
        Position of the network whose codes go on.
    plan : Plan
        With codes.
    proposal : Proposal
        What is reached in every community, and why not more.
    lineage : Lineage
        Ledger with the codes of all networks, and relations of the base network to the merged grids.
    votes : pandas.DataFrame
        Borders between atoms, and which networks have them (:func:`gridkit.grids.merge.votes`).
    shares : dict
        Metres of border agreed and kept (:func:`gridkit.grids.merge_borders.shares`).
    given_up : pandas.DataFrame
        Agreed borders that were not kept, with the reason.
    crosswalk, homes : pandas.DataFrame
        Old grid -> merged grid, and where its posts go (:mod:`gridkit.grids.merge_homes`).
    """

    overlay: Overlay
    base: int
    plan: Plan
    proposal: Proposal
    lineage: Lineage
    votes: pd.DataFrame
    shares: Mapping[str, float]
    given_up: pd.DataFrame
    crosswalk: pd.DataFrame
    homes: pd.DataFrame

    def __repr__(self) -> str:
        kept, agreed = self.shares["agreed_kept"], self.shares["agreed"]
        return (
            f"<Merged: {len(self.plan)} grids from {self.overlay!r}, {kept:.0f} of {agreed:.0f} m agreed border kept>"
        )

    @property
    def open_homes(self) -> pd.DataFrame:
        """Posts for which a person chooses a home."""
        return self.homes.loc[self.homes["outcome"].isin(TO_DECIDE)]


def merge_networks(
    found: Overlay, *, base: int = 0, wish: Wish = Wish(), scheme: Scheme = SCHEMES["stat12+3"],  # noqa: B008 - frozen
    ledger: pd.DataFrame | None = None, progress: Callable[[str, int, int], None] | None = None,
) -> Merged:  # fmt: skip
    """Return one network that keeps the borders on which all agree and meets the band.

    Parameters
    ----------
    found : Overlay
    base : int
        Position of the network whose codes and identities go on.
    wish : Wish
        How to draw; households that leave the grids of the base network cost nothing unless ``keep`` says so.
    scheme : Scheme
        How codes of grids that are new are made.
    ledger : pandas.DataFrame, optional
        Codes that were issued before, beside those of the networks.
    progress : callable, optional

    Returns
    -------
    Merged

    Raises
    ------
    UsageError
        Serials run out.
    """
    before = found.plans[base]
    wish = replace(wish, borders=Borders.of(found))
    made = propose(found.atoms, before.norm, norms=before.norms, baseline=before, wish=wish, progress=progress)
    known = empty_ledger() if ledger is None else ledger
    for plan in (before, *found.plans):
        known = with_present(known, plan)
    coded, lineage = issue_codes(made.plan, known, before=before, scheme=scheme)
    table = votes(found)
    walk = crosswalk(found, coded)
    lineage = replace(lineage, ledger=_succeeded(lineage.ledger, walk))
    return Merged(found, base, coded, made, lineage, table, shares(table, coded), given_up(table, coded), walk,
                  homes(found, coded, walk))  # fmt: skip


def _succeeded(ledger: pd.DataFrame, walk: pd.DataFrame) -> pd.DataFrame:
    """Return the ledger with the merged grids that follow each code that ended, of every network."""
    pairs = walk.loc[(walk["code"] != "") & (walk["code_new"] != "") & (walk["code"] != walk["code_new"])]
    after = pairs.groupby("code")["code_new"].agg(lambda codes: " ".join(sorted(set(codes)))).to_dict()
    ended = ledger["status"] == "retired"
    successors: Any = [
        after.get(code, "") if gone and not known else known
        for code, gone, known in zip(ledger["code"], ended, ledger["successors"], strict=True)
    ]
    return ledger.assign(successors=successors)
