"""Rules S149-S159: what sheets hide, several tables, control totals, files read as one."""

from __future__ import annotations

from gridkit.rules.rule import Rule  # noqa: TC001

RULES: tuple[Rule, ...] = ()
