"""Rules L1xx: joining registry rows to codes."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from gridkit.rules.rule import Rule

RULES: tuple[Rule, ...] = ()
