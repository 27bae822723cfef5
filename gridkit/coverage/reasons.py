"""Why a compound has its status, in one sentence: the same words in the workbook, on the map and in saved lists."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from gridkit.locale import N_
from gridkit.locale import gettext as _

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from gridkit.model import City, Run

SHOWN = 3
"""Records named in a sentence; of more only the number is said."""

_WHY = {
    "UNIT_ORG": N_("relies on the organisation of its unit"),
    "OWN_BRANCH": N_("a branch of its own"),
    "JOINT_BRANCH": N_("a joint branch with other compounds"),
    "GRID_BRANCH": N_("only the branch of its grid"),
    "FUNCTIONAL_ONLY": N_("only a functional branch of in-service members"),
    "INSTRUCTOR_ONLY": N_("only an instructor or a paired unit"),
    "PLANNED": N_("decided, but not founded yet"),
    "UNCOVERED": N_("the registry is declared complete and names no organisation for it"),
    "UNKNOWN": N_("no registry that is declared complete speaks of it"),
}
_SILENT = N_("no organisation for it stands in {registries}, which is declared complete")
_WAITING = N_("may be covered, which a person has to confirm")
_UNPROVEN = N_(
    "the registry names an organisation of its unit, but no big-committee membership and no agreement is recorded, "
    "so that it is not recognised"
)
_UNPROVEN_TOO = N_("the registry also names an organisation of its unit, but without membership or agreement")
_UNIT_WITHOUT_EVIDENCE = "C109"
_NAME_FIELDS = ("name", "unit_name", "company_name")


def reason(
    answers: Mapping[str, str],
    *,
    via: str = "",
    waiting: str = "",
    unproven: str = "",
    silent: str = "",
    named: bool = True,
) -> str:
    """Return in one sentence why a compound has its status.

    Parameters
    ----------
    answers : Mapping
        ``status``, and ``organisation``, ``work``, ``valid`` (``yes``, ``no``, ``unknown``): a row of
        ``Coverage.frame`` will do.
    via, waiting : str
        What covers it, and what would cover it if a person confirmed it, as text; empty for nothing.
    unproven : str
        Organisation of a unit that the registry names for it without evidence (finding C109).
    silent : str
        The registries of organisations that are declared complete where it lies and do not name it.
    named : bool
        Whether these texts are shown; a published map says only of what kind they are.

    Examples
    --------
    >>> row = {"status": "OWN_BRANCH", "organisation": "yes", "work": "yes", "valid": "no"}
    >>> reason(row, via="Branch A")
    'a branch of its own: Branch A; does not hold as valid'
    >>> row = {"status": "UNKNOWN", "organisation": "unknown", "work": "unknown", "valid": "unknown"}
    >>> reason(row, waiting="Branch B")
    'may be covered, which a person has to confirm: Branch B'
    """
    status = answers["status"]
    if status == "UNKNOWN" and waiting:
        sentence = _with(_(_WAITING), waiting, named=named)
    elif status == "UNCOVERED" and unproven:
        sentence = _with(_(_UNPROVEN), unproven, named=named)
    elif status == "UNCOVERED" and silent and named:
        sentence = _(_SILENT).format(registries=silent)
    else:
        sentence = _with(_(_WHY[status]) if status in _WHY else status, via, named=named)
    more = [_validity(status, answers["valid"])]
    if status != "UNCOVERED" and unproven and answers["organisation"] != "yes":
        more.append(_with(_(_UNPROVEN_TOO), unproven, named=named))
    if status != "UNKNOWN" and waiting and answers["organisation"] == "unknown":
        more.append(_with(_("its organisation coverage waits for confirmation"), waiting, named=named))
    if status == "UNCOVERED" and answers["work"] == "unknown":
        more.append(_("whether it has work coverage is unknown"))
    for part in filter(None, more):
        sentence = _("{sentence}; {part}").format(sentence=sentence, part=part)
    return sentence


def _with(text: str, records: str, *, named: bool) -> str:
    return _("{what}: {records}").format(what=text, records=records) if records and named else text


def _validity(status: str, valid: str) -> str:
    if status in ("UNCOVERED", "UNKNOWN", "PLANNED") or valid == "yes":
        return ""
    return _("does not hold as valid") if valid == "no" else _("whether it holds as valid is unknown")


def reasons(run: Run, *, named: bool = True) -> pd.Series:
    """Return compound -> the sentence of :func:`reason`, in the current language.

    Parameters
    ----------
    run : Run
        The audit.
    named : bool
        Whether the organisations are named; a published map says only of what kind they are.

    Returns
    -------
    pandas.Series
        Text, indexed like ``run.coverage.frame``.
    """
    frame = run.coverage.frame
    names = record_names(run.city)
    found = run.findings.frame
    found = found[found["code"] == _UNIT_WITHOUT_EVIDENCE].drop_duplicates("subject")
    bare = {row["subject"]: str(row["params"].get("branch", "")) for row in found.to_dict("records")}
    columns = ("status", "organisation", "work", "valid", "via", "open_via")
    rows = zip(*(frame[name].tolist() for name in columns), strict=True)
    silent = _silent(run, frame.index[frame["status"] == "UNCOVERED"])
    said = []
    for code, (*answers, via, waiting) in zip(frame.index.tolist(), rows, strict=True):
        texts = {"via": _listed(via, names), "waiting": _listed(waiting, names), "unproven": bare.get(code, "")}
        texts["silent"] = silent.get(code, "")
        said.append(reason(dict(zip(columns, answers, strict=False)), **texts, named=named))
    return pd.Series(said, index=frame.index, dtype="object")


def _silent(run: Run, codes: pd.Index) -> dict[str, str]:
    """Return compound -> file and sheet of the registries of organisations that are declared complete where it lies."""
    sources = [source for source in run.city.sources if source.kind == "branches" and source.complete]
    community = run.places.frame["community"].reindex(codes).fillna("")
    found: dict[str, str] = {}
    for code, lies in zip(codes.tolist(), community.tolist(), strict=True):
        here = dict.fromkeys(
            source_label(source.path, source.sheet) for source in sources if (lies or code).startswith(source.scope)
        )
        more = [_("{n} more").format(n=len(here) - SHOWN)] if len(here) > SHOWN else []
        found[code] = _(", ").join([*list(here)[:SHOWN], *more])
    return found


def source_label(path: str, sheet: str) -> str:
    """Return a file without its folders, and its sheet.

    >>> source_label("registries/branches.xlsx", "Sheet1"), source_label("a.csv", "")
    ('branches.xlsx (Sheet1)', 'a.csv')
    """
    file = path.rpartition("/")[2]
    return _("{name} ({place})").format(name=file, place=sheet) if sheet else file


def record_names(city: City) -> dict[str, str]:
    """Return row id -> name of the organisation in that row, of held rows too; never the name of a person.

    A row of the compound registry covers a compound only through its instructor, and is called so.
    """
    names: dict[str, str] = {}
    frames = [(kind, registry.frame) for kind, registry in city.registries.items()]
    for kind, frame in sorted([*frames, *city.pending.items()], key=lambda pair: pair[0]):
        field = next((name for name in _NAME_FIELDS if name in frame.columns), None)
        if kind == "compounds":
            names.update(dict.fromkeys(frame.index.tolist(), _("instructor in the compound registry")))
        elif field is not None:
            names.update(zip(frame.index.tolist(), frame[field].fillna("").tolist(), strict=True))
    return names


def _listed(records: Iterable[str], names: Mapping[str, str]) -> str:
    said = list(dict.fromkeys(names.get(record, "") or record for record in records))
    more = [_("{n} more").format(n=len(said) - SHOWN)] if len(said) > SHOWN else []
    return _(", ").join(said[:SHOWN] + more)
