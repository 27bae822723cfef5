"""What an interval says about a stated figure, and the definitions under which a claim would hold."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING, Any

from gridkit.audit.definitions import OF_SUBJECT
from gridkit.audit.figures import UPHELD, exact, half_width, verdict
from gridkit.audit.format import span
from gridkit.audit.widening import MEASURES

if TYPE_CHECKING:
    from collections.abc import Mapping

    import pandas as pd

    from gridkit.model import AuditResult


def bounds(figure: Fraction, decimals: int, *, sign: str, share: bool, upper: Fraction | None) -> tuple[Fraction, ...]:
    """Return the figure less its half width and the figure (or the upper end of a range) with its half width.

    ``decimals`` below zero says that the figure is exact.

    >>> [str(end) for end in bounds(Fraction(85), 0, sign="=", share=True, upper=Fraction(90))]
    ['169/2', '181/2']
    """
    figure = Fraction(figure)
    last = figure if upper is None else upper
    if decimals < 0:
        return figure, last
    return (
        figure - half_width(figure, decimals, sign, share=share),
        last + half_width(last, decimals, sign, share=share),
    )


def weigh(
    found: Mapping[Any, Any], figure: Fraction, decimals: int, *, sign: str, upper: Fraction | None = None
) -> str:
    """Return the verdict of one indicator row, or one cell of the matrix, on a figure or a range.

    ``found`` has ``id``, ``numerator``, ``denominator``, ``unknown`` and, where the interval is widened,
    ``allowance_low`` and ``allowance_high``.
    """
    share = not str(found["id"]).startswith("load.")
    low, high = ends(found, share=share)
    if sign == "=":
        lower, higher = bounds(figure, decimals, sign=sign, share=share, upper=upper)
        return verdict(low, high, (lower + higher) / 2, sign=sign, half=(higher - lower) / 2)
    half = Fraction(0) if decimals < 0 else half_width(figure, decimals, sign, share=share)
    return verdict(low, high, figure, sign=sign, half=half)


def ends(found: Mapping[Any, Any], *, share: bool = True) -> tuple[Fraction, Fraction]:
    """Return the interval of a row exactly, in percent (a mean in plain units), widened by its allowance."""
    scale, denominator = (100 if share else 1), int(found["denominator"])
    less, more = int(found.get("allowance_low", 0)), int(found.get("allowance_high", 0))
    kept = share and not str(found["id"]).startswith("gap.")
    least, most = span(int(found["numerator"]), denominator, int(found["unknown"]), less=less, more=more, share=kept)
    return Fraction(scale * least, denominator), Fraction(scale * most, denominator)


def declared(claim: Any) -> tuple[str, str, str, str] | None:
    """Return subject, numerator, denominator and weight that a claim declares; None where it declares nothing.

    Words that it leaves out are those of its indicator, else the usual ones: declared coverage of all compounds, and
    branches or groups of comprehensive grids.

    >>> from types import SimpleNamespace as Some
    >>> declared(Some(definition={"numerator": "branch"}, indicator="", basis=""))
    ('grid', 'branch', 'comprehensive', 'grids')
    >>> declared(Some(definition={"weight": "area"}, indicator="coverage.work.valid", basis=""))
    ('compound', 'work_valid', 'all', 'area')
    """
    found = getattr(claim, "definition", None)
    parts = {key: _part(found, key) for key in ("numerator", "denominator", "weight")}
    if not any(parts.values()):
        return None
    usual = MEASURES.get(claim.indicator, ("grid" if _of_grids(parts) else "compound", "", ""))
    subject = "grid" if _of_grids(parts) else "compound" if _of_compounds(parts) else usual[0]
    first = ("declared", "all", "compounds") if subject == "compound" else ("branch_or_group", "comprehensive", "grids")
    known = (*(usual[1:] if usual[0] == subject else ("", "")), claim.basis if subject == "compound" else "")
    words = [
        parts[key] or (said if said in OF_SUBJECT[subject][at] else "") or first[at]
        for at, (key, said) in enumerate(zip(parts, known, strict=True))
    ]
    return subject, words[0], words[1], words[2]


def _part(found: Any, key: str) -> str:
    value = found.get(key) if isinstance(found, dict) else getattr(found, key, None)
    return str(value or "")


def _only(subject: str, parts: Mapping[str, str]) -> bool:
    other = "compound" if subject == "grid" else "grid"
    return any(
        word in mine and word not in theirs
        for word, mine, theirs in zip(parts.values(), OF_SUBJECT[subject], OF_SUBJECT[other], strict=True)
    )


def _of_grids(parts: Mapping[str, str]) -> bool:
    return _only("grid", parts) and not _only("compound", parts)


def _of_compounds(parts: Mapping[str, str]) -> bool:
    return _only("compound", parts)


def upheld_under(
    result: AuditResult, subject: str, scope: tuple[str, str], *, stated: tuple[Fraction, int], sign: str,
    upper: Fraction | None = None,
) -> tuple[str, ...]:  # fmt: skip
    """Return every definition of ``subject`` (``own/all/households``) under which a claim would be upheld.

    ``scope`` are level and code. The widened intervals decide: "upheld" whatever the unknown and the wrong links are.
    """
    frame = result.matrix
    frame = frame[(frame["subject"] == subject) & (frame["scope_level"] == scope[0]) & (frame["scope"] == scope[1])]
    return tuple(
        f"{row['numerator_id']}/{row['denominator_id']}/{row['weight']}"
        for row in frame[frame["denominator"] > 0].assign(id="").to_dict("records")
        if weigh(row, *stated, sign=sign, upper=upper) == UPHELD
    )


def cell(result: AuditResult, key: tuple[str, str, str, str], scope: tuple[str, str]) -> pd.Series | None:
    """Return one cell of the matrix by subject, numerator, denominator, weight, and scope (level, code)."""
    frame = result.matrix
    if frame.empty:
        return None
    wanted = dict(zip(("subject", "numerator_id", "denominator_id", "weight", "scope_level", "scope"),
                      (*key, *scope), strict=True))  # fmt: skip
    met = frame
    for name, value in wanted.items():
        met = met[met[name] == value]
    return None if met.empty else met.iloc[0]


def exact_upper(claim: Any) -> Fraction | None:
    """Return the upper end of a claim's range; None where it states one figure."""
    found = exact(getattr(claim, "upper", None))
    return None if found is None else found[0]
