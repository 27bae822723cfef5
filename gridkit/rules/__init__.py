"""The catalogue of coded rules: text, severity and source of every finding.

One namespace, one letter and three digits: S1xx schema, T1xx geometry of layers, T2xx coverage of the ground, T3xx
nesting, T4xx codes on the map, T5xx placement, T6xx exceptions, L1xx linkage, C1xx coverage, C2xx organisation tree and
grids, A2xx arithmetic, G1xx drawing grids.
"""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING, Final

from gridkit.rules import (
    audit,
    boundaries,
    cells,
    coordinates,
    coverage,
    grids,
    linkage,
    reconcile,
    schema,
    tables,
    texts,
    topology,
    tricks,
    vectors,
)
from gridkit.rules.rule import Rule

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["CATALOGUE", "Rule"]

CATALOGUE: Final[Mapping[str, Rule]] = MappingProxyType(
    {
        rule.code: rule
        for module in (
            schema,
            tables,
            vectors,
            coordinates,
            cells,
            topology,
            boundaries,
            linkage,
            coverage,
            audit,
            reconcile,
            tricks,
            texts,
            grids,
        )
        for rule in module.RULES
    }
)
"""All rules by code."""
