"""What the rooms hand to each other: frozen values around frames with fixed columns."""

from gridkit.model.city import City, Layer, Registry, conform, empty_frame
from gridkit.model.findings import Findings
from gridkit.model.overrides import Overrides
from gridkit.model.proof import Allowance, AuditResult
from gridkit.model.results import Attributes, Coverage, Indicators, Linked, Links, Places, Run
from gridkit.model.source import Source

__all__ = [
    "Allowance", "Attributes", "AuditResult", "City", "Coverage", "Findings", "Indicators", "Layer", "Linked", "Links",
    "Overrides", "Places", "Registry", "Run", "Source", "conform", "empty_frame",
]  # fmt: skip
