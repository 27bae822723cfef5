"""gridkit: polygon layers, registries, coverage with reasons, and audits that can be followed to the cell."""

__version__ = "0.1.0"
