"""How each compound is covered, by which rule and through which records; what does not fit together."""

from gridkit.coverage.classify import cover

__all__ = ["cover"]
