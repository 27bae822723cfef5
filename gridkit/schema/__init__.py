"""S findings: required fields, code grammar, duplicates, parents, official lists, numbers that cannot be."""

from gridkit.schema.check import check_city

__all__ = ["check_city"]
