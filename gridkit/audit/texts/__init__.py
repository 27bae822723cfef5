"""Figures, claims and arithmetic of a report, read from its text alone."""
