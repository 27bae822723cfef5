"""What a saved page says, with its data unpacked."""

from __future__ import annotations

import base64
import gzip
import json
import re

from gridkit.maps import coverage_map
from gridkit.maps.codec import Encoded, decode_levels


def page_of(run, *arguments, **options) -> str:
    return coverage_map(run, *arguments, **options).get_root().render()


def blobs(page: str) -> list[str]:
    found = [re.search(rf'id="gk-{name}">([^<]*)<', page) for name in ("data", "later")]
    return [one[1].strip() if one else "" for one in found]


def data_of(page: str):
    return decode_levels(Encoded(*blobs(page)))


def settings_of(page: str) -> dict:
    return json.loads(re.search(r'id="gk-settings">(.*?)</script>', page, re.S)[1])


def everything(page: str) -> str:
    """The page as text with what is packed in it: raw bytes, and every decoded value and code."""
    raw = [gzip.decompress(base64.b64decode(blob)).decode("utf-8", "replace") for blob in blobs(page) if blob]
    values = [
        f"{code} {' '.join(map(str, row))}"
        for frame in data_of(page).values()
        for code, *row in frame.drop(columns="geometry").itertuples()
    ]
    return "\n".join([page, json.dumps(settings_of(page), ensure_ascii=False), *raw, *values])
