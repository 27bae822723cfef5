"""Indicators, claims and the arithmetic of registries."""

from gridkit.audit.arithmetic import check_arithmetic
from gridkit.audit.claims import judge, say_because
from gridkit.audit.format import interval, mean, percent
from gridkit.audit.measure import measure
from gridkit.audit.prove import prove
from gridkit.audit.shares import reachable_shares

__all__ = [
    "check_arithmetic",
    "interval",
    "judge",
    "mean",
    "measure",
    "percent",
    "prove",
    "reachable_shares",
    "say_because",
]
