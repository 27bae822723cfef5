"""Rules C1xx, C2xx: coverage of compounds and the party-organisation tree."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from gridkit.rules.rule import Rule

RULES: tuple[Rule, ...] = ()
