"""Indicators, claims and the arithmetic of registries."""

from gridkit.audit.allowance import allowance_of, assumed
from gridkit.audit.arithmetic import check_arithmetic
from gridkit.audit.claim_findings import broken_rules, check_claims, unread_claims
from gridkit.audit.claims import judge, say_because
from gridkit.audit.format import interval, mean, percent
from gridkit.audit.measure import measure
from gridkit.audit.prove import Decided, prove
from gridkit.audit.shares import reachable_shares
from gridkit.audit.widening import widen

__all__ = [
    "Decided",
    "allowance_of",
    "assumed",
    "broken_rules",
    "check_arithmetic",
    "check_claims",
    "interval",
    "judge",
    "mean",
    "measure",
    "percent",
    "prove",
    "reachable_shares",
    "say_because",
    "unread_claims",
    "widen",
]
