"""Partition the atoms of one community into contiguous grids: a heuristic, a pool of columns, a proof."""
