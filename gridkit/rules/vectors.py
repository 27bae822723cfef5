"""Rules S160-S169: what boundary files hide."""

from __future__ import annotations

from gridkit.rules.rule import Rule  # noqa: TC001

RULES: tuple[Rule, ...] = ()
