"""What a coded rule is, and how a finding is made from it and read aloud."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from gridkit.locale import N_, gettext
from gridkit.rules.labels import say

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping


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
        English, marked with ``N_``. ``sentence`` is a template over the finding's params, which hold plain codes;
        ``{status:status}`` names the vocabulary that puts one into words (see :mod:`gridkit.rules.labels`).
    source : str
        Where the rule comes from, a citation that a reader can follow; marked with ``N_``, shown through ``gettext``.
    variants : Mapping[str, str]
        Other sentences, chosen by the finding's param ``variant``.
    elsewhere : str
        What GIS programs call the same rule, ``""`` where they have none; not translated.

    Examples
    --------
    >>> rule = Rule("X100", "too-small", "error", "Too small", "{branch} has {members} members", "a handbook")
    >>> rule.say({"branch": "Branch A", "members": 2}), rule.say()
    ('Branch A has 2 members', '〈Party organisation〉 has 〈number of members〉 members')
    """

    code: str
    name: str
    severity: str
    title: str
    sentence: str
    source: str
    remedy: str = ""
    variants: Mapping[str, str] = field(default_factory=dict, hash=False)
    elsewhere: str = ""

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

    def say(self, params: Mapping[str, Any] | None = None) -> str:
        """Return the sentence of a finding in the current language; without ``params`` what the rule says at large."""
        values = params or {}
        return say(gettext(self.variants.get(str(values.get("variant", "")), self.sentence)), values)
