"""What a coded rule is, and how a finding is made from it and read aloud."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from gridkit.locale import N_, gettext

if TYPE_CHECKING:
    from collections.abc import Iterable


SEVERITY_WORDS = (N_("error"), N_("warning"), N_("notice"))


@dataclass(frozen=True, slots=True)
class Rule:
    """One coded rule.

    Parameters
    ----------
    code : str
        One letter and three digits.
    name : str
        Short name for machines, ``lower-case-with-hyphens``.
    severity : str
        ``error``, ``warning`` or ``notice``.
    title, sentence, remedy : str
        English, marked with ``N_``. ``sentence`` is a template over the finding's params.
    source : str
        Where the rule comes from (document, standard, regulation), an honest citation.
    """

    code: str
    name: str
    severity: str
    title: str
    sentence: str
    source: str
    remedy: str = ""

    def found(self, subject: str, *, refs: Iterable[str] = (), lon: float = float("nan"), lat: float = float("nan"),
              **params: Any) -> dict[str, Any]:  # fmt: skip
        """Return one row for :meth:`gridkit.model.Findings.of`; params must be plain text or numbers."""
        return {
            "code": self.code,
            "severity": self.severity,
            "subject": subject,
            "params": params,
            "refs": tuple(refs),
            "lon": lon,
            "lat": lat,
        }

    def say(self, params: dict[str, Any]) -> str:
        """Return the sentence of a finding in the current language."""
        return gettext(self.sentence).format_map(_Lenient(params))


class _Lenient(dict[str, Any]):
    """Shows a missing value as ``?`` instead of failing while a report is written."""

    def __missing__(self, key: str) -> str:
        return "?"
