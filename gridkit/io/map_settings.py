"""``[map]`` of the project file: who the map is for, what it may show, what stands at its foot."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final
from urllib.parse import parse_qsl, urlsplit

from gridkit.locale import gettext

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

PROFILES: Final = ("internal", "public")
NEEDED: Final = ("street", "community", "grid", "status", "organisation", "work", "valid")
"""Fields of a compound without which the page could not draw, filter or count; they are always there."""
EVIDENCE: Final = ("records", "waiting", "cells", "findings")
"""Fields that name rows and cells of registries: never on a public map."""
FIELDS: Final = (
    "name", "initials", "type", "households", "formal_members", *NEEDED, "reason", "rule", *EVIDENCE, "unit", "company",
)  # fmt: skip
"""Fields of a compound that a map may show. Of persons only the number of formal members; no address and no free text
of a registry besides names of places and organisations."""
BASEMAPS: Final = ("tianditu", "osm", "amap")
"""Base maps that are known by name; another one is an address with {z}, {x} and {y}."""
KEYS: Final = ("title", "profile", "approval_no", "basemap", "fields")
_SECRET: Final = ("tk", "key", "token", "ak", "apikey", "api_key", "access_token")


def map_problems(stated: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Yield what is wrong in ``[map]`` as pairs of key and sentence; unknown keys are told elsewhere.

    >>> [key for key, _ in map_problems({"title": 5, "profile": "secret", "fields": ["nam"], "basemap": "bing"})]
    ['title', 'profile', 'fields', 'basemap']
    """
    for key in ("title", "approval_no", "basemap"):
        if key in stated and not isinstance(stated[key], str):
            yield key, gettext("{key} must be text in quotation marks").format(key=key)
    if "profile" in stated and stated["profile"] not in PROFILES:
        said = gettext("{key} must be one of: {expected}")
        yield "profile", said.format(key="profile", expected=", ".join(PROFILES))
    if "fields" in stated:
        yield from (("fields", sentence) for sentence in _fields(stated["fields"]))
    if isinstance(stated.get("basemap"), str):
        yield from (("basemap", sentence) for sentence in _basemap(stated["basemap"]))


def _fields(value: object) -> Iterator[str]:
    if not isinstance(value, list) or not all(isinstance(one, str) for one in value):
        yield gettext('{key} must be a list of texts, such as ["name", "households"]').format(key="fields")
        return
    strange = [one for one in value if one not in FIELDS]
    if strange:
        said = gettext("{field} is not a field of the map; known are: {known}")
        yield said.format(field=", ".join(strange)[:200], known=", ".join(FIELDS))


def _basemap(value: str) -> Iterator[str]:
    if value in ("", "none", *BASEMAPS):
        return
    if not all(part in value for part in ("{z}", "{x}", "{y}")):
        said = gettext("basemap must be one of {known}, or an address with {parts}")
        yield said.format(known=", ".join(BASEMAPS), parts="{z}, {x}, {y}")
        return
    try:
        query = [name.lower() for name, _ in parse_qsl(urlsplit(value).query)]
    except ValueError:
        yield gettext("basemap is not an address that can be used")
        return
    if any(name in _SECRET for name in query):
        yield gettext("basemap holds a key; leave it out of the project file and give the whole address with --basemap")
