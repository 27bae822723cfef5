"""How each compound is covered, by which rule and through which records; what does not fit together."""

from gridkit.coverage.caveats import caveats
from gridkit.coverage.classify import cover, need_compounds
from gridkit.coverage.explain import explain, explain_rows
from gridkit.coverage.flags import check_coverage
from gridkit.coverage.tree import check_tree

__all__ = ["caveats", "check_coverage", "check_tree", "cover", "explain", "explain_rows", "need_compounds"]
