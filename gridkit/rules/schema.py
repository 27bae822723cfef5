"""Rules S1xx: what the tables and layers say."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from gridkit.rules.rule import Rule

RULES: tuple[Rule, ...] = ()
