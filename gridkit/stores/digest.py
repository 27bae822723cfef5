"""Hashes: of a file, and of everything that a run was computed from."""

from __future__ import annotations

import hashlib
import json
from typing import TYPE_CHECKING, Final

from gridkit import __version__

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path

    from gridkit.model import Source

_encode: Final = json.JSONEncoder(ensure_ascii=True, sort_keys=True, separators=(",", ":"), default=str).encode


def canonical(value: object) -> str:
    """Return plain values as JSON text that does not depend on the order of keys.

    >>> canonical({"b": 1, "a": (2, None)})
    '{"a":[2,null],"b":1}'
    """
    return _encode(value)


def file_digest(path: Path) -> str:
    """Return the sha256 of a file's bytes."""
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def text_digest(text: str) -> str:
    """Return the sha256 of a text."""
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def inputs_digest(
    sources: Iterable[Source],
    settings: Mapping[str, object],
    ruleset_text: str = "",
    language: str = "zh",
    *,
    version: str = __version__,
) -> str:
    """Return one sha256 over everything that a run is computed from.

    Parameters
    ----------
    sources : iterable of Source
        What was read: path, hash and the way it was read count; the order does not.
    settings : Mapping
        Project settings as plain values.
    ruleset_text : str
        Text of the coverage rule set.
    language : str
        Language of the reports; it changes their bytes.
    version : str
        Version of gridkit.

    Examples
    --------
    >>> inputs_digest([], {"a": 1})[:8] == inputs_digest([], {"a": 2})[:8]
    False
    """
    read = sorted(
        canonical([s.path, s.sheet, s.kind, s.sha256, s.encoding, s.crs_used, s.complete, s.scope, dict(s.columns)])
        for s in sources
    )
    return text_digest(
        canonical({"sources": read, "settings": settings, "ruleset": ruleset_text, "language": language, "v": version})
    )
