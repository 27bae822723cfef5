"""Rules S170-S179: coordinates in a wrong system."""

from __future__ import annotations

from gridkit.rules.rule import Rule  # noqa: TC001

RULES: tuple[Rule, ...] = ()
