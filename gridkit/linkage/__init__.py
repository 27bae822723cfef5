"""Linkage: names, candidates, decisions, and what can be said about them."""

from gridkit.linkage.link import link

__all__ = ["link"]
