"""Boundary layers: what is wrong with them, repair with a log, differences between versions."""

from gridkit.topology.nesting import check_nesting

__all__ = ["check_nesting"]
