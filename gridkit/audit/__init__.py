"""Indicators, claims and the arithmetic of registries."""

from gridkit.audit.format import interval, mean, percent
from gridkit.audit.measure import measure

__all__ = ["interval", "mean", "measure", "percent"]
