"""A plan of grids as it is filed: codes issued, compared with the plan before, checked, registries carried over."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

import pandas as pd

from gridkit.errors import UsageError
from gridkit.grids.baseline import NO_CODE
from gridkit.grids.carry import carried
from gridkit.grids.check import check
from gridkit.grids.codes import Scheme, empty_ledger
from gridkit.grids.lineage import issue_codes
from gridkit.grids.replay import effective
from gridkit.grids.totals import totals
from gridkit.locale import N_
from gridkit.locale import gettext as _
from gridkit.model import Findings
from gridkit.model.plan import LEDGER_COLUMNS, EditLog, Lineage, Plan
from gridkit.reports import words

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from gridkit.io.referring import Referring
    from gridkit.model.plan import Edit

_OF_CODES: Final = ("G106", "G107")
TO_DECIDE: Final = ("decide", "unknown")
"""Outcomes of :func:`gridkit.grids.carry.carried` that wait for a person."""
TO_LOOK_AT: Final = ("majority", *TO_DECIDE)
"""Outcomes of rows whose grid was split, or has no code that is known."""


@dataclass(frozen=True)
class Terms:
    """On what terms a plan is filed.

    Parameters
    ----------
    scheme : str
        Preset or template of codes (:meth:`gridkit.grids.codes.Scheme.of`).
    policy : str
        When a code goes on: ``majority`` or ``strict``.
    date : str
        Since when the plan holds, YYYY-MM-DD.
    doc_no : str
        Number of the document that decides it.
    draft : bool
        Whether errors are let through; every page then says that it is a draft.
    title : str
        Of the cover; by default that of a filing.
    """

    scheme: str = "stat12+3"
    policy: str = "majority"
    date: str = ""
    doc_no: str = ""
    draft: bool = False
    title: str = ""


@dataclass(frozen=True)
class Carried:
    """A table that refers to grids, and where each of its rows goes (``CARRIED_COLUMNS``, in the order of its rows)."""

    table: Referring
    homes: pd.DataFrame


@dataclass(frozen=True)
class Filing:
    """What is filed.

    Parameters
    ----------
    plan : Plan
        Every grid with its code.
    before : Plan, optional
        The plan that held until now.
    lineage : Lineage
        Ledger and relations.
    log : EditLog
        The edits that led there.
    findings : Findings
    registries : sequence of Carried
    terms : Terms
    uids : mapping of str to str
        uid of a grid in the edits -> uid in the plan, which is that of the grid whose code goes on.
    names : mapping of str to str
        Community code -> its name.
    proposed : pandas.DataFrame, optional
        How good the grids were when they were proposed, before the edits: ``REPORT_COLUMNS`` as text.
    """

    plan: Plan
    before: Plan | None
    lineage: Lineage
    log: EditLog
    findings: Findings
    registries: Sequence[Carried] = ()
    terms: Terms = Terms()
    uids: Mapping[str, str] = field(default_factory=dict)
    names: Mapping[str, str] = field(default_factory=dict)
    proposed: pd.DataFrame | None = None

    def __repr__(self) -> str:
        return f"<Filing: {len(self.plan)} grids, {len(self.errors)} errors{', draft' if self.terms.draft else ''}>"

    @property
    def errors(self) -> pd.DataFrame:
        """Findings for which a plan cannot be filed."""
        frame = self.findings.frame
        return frame[frame["severity"] == "error"]

    @property
    def title(self) -> str:
        """Title of the cover, in the current language."""
        title = self.terms.title or _("Filing of the division into grids")
        return _("{title} (DRAFT)").format(title=title) if self.terms.draft else title

    def called(self, uid: str) -> str:
        """Return code and name of a grid that an edit or a relation names, one that is gone included."""
        from gridkit.reports.filing_words import short

        now = self.uids.get(uid, uid)
        for plan in (self.plan, self.before):
            if plan is not None and now in plan.grids.index:
                row = plan.grids.loc[now]
                return " ".join(part for part in (str(row["code"]), short(str(row["name"]))) if part) or short(uid)
        return short(uid)

    def touched(self, edit: Edit) -> set[str]:
        """Return the uids of the grids that an edit names, or takes land from that they had before."""
        from gridkit.reports.filing_words import grids_of

        held = {} if self.before is None else self.before.assignment
        lost = [held.get(atom, "") for atom in edit.args.get("atoms") or ()]
        return {self.uids.get(uid, uid) for uid in (*grids_of(edit), *lost)} - {""}

    def community(self, code: str) -> str:
        """Return name and code of a community, the code where no name is known."""
        name = self.names.get(code, "")
        return f"{name} {code}" if name else code


def make_filing(
    plan: Plan,
    *,
    before: Plan | None = None,
    ledger: pd.DataFrame | None = None,
    log: EditLog | None = None,
    registries: Sequence[Referring] = (),
    terms: Terms = Terms(),
) -> Filing:
    """Return the filing of a plan: codes issued, the plan checked, registries carried over.

    Parameters
    ----------
    plan : Plan
        As it shall hold.
    before : Plan, optional
        The plan that held until now; without it this is the first issue, or a change of nothing but what the plan says.
    ledger : pandas.DataFrame, optional
        Every code that was ever issued.
    log : EditLog, optional
        The edits that led to the plan.
    registries : sequence of Referring
        Tables that refer to grids by the codes of ``before``.
    terms : Terms

    Raises
    ------
    UsageError
        Serials run out; a scheme or policy that is unknown; registries without a plan before.
    """
    if registries and before is None:
        raise UsageError(
            N_("registries are carried over from the codes of an earlier plan, and none is given"),
            remedy=N_("name the plan that held until now with --before"),
        )
    nameless = sorted({str(code) for code in plan.grids["community"] if str(code).startswith(NO_CODE)})
    if nameless:
        raise UsageError(
            N_("{n} communities have no usable code, so that their grids can have none"),
            remedy=N_("give every community its code (a spreadsheet may have damaged it) and draw the plan again"),
            n=len(nameless),
        )
    if before is not None:
        ledger = _with_codes(ledger, before)
    coded, lineage = issue_codes(
        plan, ledger, before=before, scheme=Scheme.of(terms.scheme), policy=terms.policy, date=terms.date,
        doc_no=terms.doc_no,
    )  # fmt: skip
    findings = _checked(plan, coded, lineage, before=before, ledger=ledger)
    log = EditLog(plan.base) if log is None else log
    homes = [] if before is None else [_carried(one, before, coded, lineage) for one in registries]
    uids = dict(zip(plan.assignment, coded.assignment, strict=True))
    return Filing(coded, before, lineage, log, findings, homes, terms, uids)


def _with_codes(ledger: pd.DataFrame | None, before: Plan) -> pd.DataFrame:
    """Return the ledger with the codes of a plan that were never entered, so that none of them is issued again."""
    ledger = empty_ledger() if ledger is None else ledger
    known = set(ledger["code"])
    rows = [
        (str(row["code"]), str(uid), row["community"], "live", row["valid_from"], "", "", "", "")
        for uid, row in before.grids.sort_index().iterrows() if row["code"] and row["code"] not in known
    ]  # fmt: skip
    if not rows:
        return ledger
    return pd.concat([ledger, pd.DataFrame(rows, columns=list(LEDGER_COLUMNS), dtype="object")], ignore_index=True)


def _checked(
    plan: Plan, coded: Plan, lineage: Lineage, *, before: Plan | None, ledger: pd.DataFrame | None
) -> Findings:
    """Return the findings of the plan as it is filed, and of the codes that it brought along."""
    rows = list(check(coded, ledger=lineage.ledger).rows())
    if before is None:  # codes of the plan itself go on: none may be damaged, unknown or retired
        known = ledger if ledger is not None and len(ledger) else None
        told = {(row["code"], row["subject"]) for row in rows}
        own = [row for row in check(plan, ledger=known).rows() if row["code"] in _OF_CODES]
        rows += [row for row in own if (row["code"], row["subject"]) not in told]
    return Findings.of(rows)


def _carried(table: Referring, before: Plan, plan: Plan, lineage: Lineage) -> Carried:
    codes = pd.Series(table.codes, dtype="object")
    old, new = (which.grids["code"].astype(str).to_dict() for which in (before, plan))
    return Carried(table, carried(codes, lineage.relations, old, new))


def refusals(filing: Filing) -> list[str]:
    """Return one sentence for each error for which the plan cannot be filed."""
    return [
        f"{row['code']} {words.finding_sentence(row['code'], row['params'])}"
        for row in filing.errors.to_dict("records")
    ]


def community_rows(filing: Filing) -> list[dict[str, Any]]:
    """Return for each community its grids and their smallest, mean and largest size, sorted by code; the sum last.

    ``inside`` of ``drawn`` grids (comprehensive, not empty) lie in the band; ``size_*`` are in the measure of the band.
    """
    plan = filing.plan
    sums = sizes(plan)
    rows = []
    for code, part in [*sums.groupby("community", sort=True), ("", sums)]:
        drawn = part[(part["kind"] == "comprehensive") & (part["atoms"] > 0)]
        norm = plan.norm_of(str(code))
        rows.append({
            "community": str(code), "drawn": len(drawn), "others": len(part) - len(drawn),
            "households": int(part["households"].sum()),
            "least": int(drawn["size"].min()) if len(drawn) else None,
            "mean": float(drawn["size"].mean()) if len(drawn) else None,
            "most": int(drawn["size"].max()) if len(drawn) else None,
            "inside": int((drawn["outside"] == 0).sum()),
            "low": norm.low if code else 0, "high": norm.high if code else 0, "measure": norm.measure,
        })  # fmt: skip
    return rows


def sizes(plan: Plan) -> pd.DataFrame:
    """Return grids with their totals, sorted by code; ``size`` in the measure of the band of each."""
    table = plan.grids.join(totals(plan))
    people = [plan.norm_of(str(code)).measure == "persons" for code in table["community"]]
    table["size"] = table["households"].where(~pd.Series(people, index=table.index, dtype=bool), table["persons"])
    return table.rename_axis("uid").reset_index().sort_values(["code", "uid"], ignore_index=True)


def outside_rows(filing: Filing) -> list[dict[str, Any]]:
    """Return the grids outside the band, sorted by code, each with how far and why."""
    from gridkit.reports.filing_words import outside_words

    plan = filing.plan
    last = {uid: edit for edit in effective(filing.log) for uid in filing.touched(edit)}
    frame = plan.atoms.frame
    measures = ["households", "persons"]
    largest = frame[measures].groupby(plan.assignment.to_numpy()).max()
    of_all = frame.groupby("community")[measures].sum()
    table = sizes(plan)
    rows = []
    for row in table[table["outside"] != 0].to_dict("records"):
        uid, community = str(row["uid"]), str(row["community"])
        norm = plan.norm_of(community)
        of = {
            "largest": int(largest[norm.measure].get(uid, 0)), "community": int(of_all[norm.measure].get(community, 0))
        }  # fmt: skip
        why = outside_words(norm, of, last.get(uid))
        rows.append({**row, "low": norm.low, "high": norm.high, "measure": norm.measure, "why": why})
    return rows
