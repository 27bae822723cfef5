"""Figures, claims and arithmetic of a report, read from its text alone."""

from gridkit.audit.texts.arithmetic import Check, check_text
from gridkit.audit.texts.drafts import Draft, claims_toml, draft_claims
from gridkit.audit.texts.figures import Figure, figures_in
from gridkit.audit.texts.plain import remarks_of
from gridkit.audit.texts.ratios import CountRatio, count_ratios
from gridkit.audit.texts.sums import identities, unrelated

__all__ = [
    "Check", "CountRatio", "Draft", "Figure", "check_text", "claims_toml", "count_ratios", "draft_claims", "figures_in",
    "identities", "remarks_of", "unrelated",
]  # fmt: skip
