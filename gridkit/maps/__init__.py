"""Offline maps: one HTML file that carries every script it needs and makes no request when it is opened."""

from gridkit.maps.coverage_map import coverage_map
from gridkit.maps.figure import OfflineFigure
from gridkit.maps.gridmap import GridMap
from gridkit.maps.review import write_review_html

__all__ = ["GridMap", "OfflineFigure", "coverage_map", "write_review_html"]
