"""How the figures could be made to look full: the fourteen tricks A101-A114, and what they do to the figure."""

from gridkit.audit.tricks.find import find_tricks, search
from gridkit.audit.tricks.impact import impact
from gridkit.audit.tricks.trick import NEEDED, Trick, told

__all__ = ["NEEDED", "Trick", "find_tricks", "impact", "search", "told"]
