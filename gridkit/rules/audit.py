"""Rules A2xx: arithmetic of the registries."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from gridkit.rules.rule import Rule

RULES: tuple[Rule, ...] = ()
