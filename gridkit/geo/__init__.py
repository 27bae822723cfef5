"""Coordinates and places: systems and their guards, Chinese map datums, exact nesting of one layer in another."""

from gridkit.geo.crosswalk import crosswalk
from gridkit.geo.crs import LONLAT, metric_crs, resolve_crs, to_lonlat, to_metric
from gridkit.geo.datum import bd09_to_wgs84, gcj02_to_wgs84, wgs84_to_bd09, wgs84_to_gcj02
from gridkit.geo.nesting import nest
from gridkit.geo.places import comprehensive, place, stated_parent

__all__ = [
    "LONLAT",
    "bd09_to_wgs84",
    "comprehensive",
    "crosswalk",
    "gcj02_to_wgs84",
    "metric_crs",
    "nest",
    "place",
    "resolve_crs",
    "stated_parent",
    "to_lonlat",
    "to_metric",
    "wgs84_to_bd09",
    "wgs84_to_gcj02",
]  # fmt: skip
