"""Rules S180-S189: what cells say beside their values."""

from __future__ import annotations

from gridkit.rules.rule import Rule  # noqa: TC001

RULES: tuple[Rule, ...] = ()
