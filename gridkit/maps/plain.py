"""Plain values inside a page."""

from __future__ import annotations

import json

from markupsafe import Markup


def plain_json(value: object) -> Markup:
    r"""Return JSON that may stand inside a ``<script type="application/json">`` element.

    >>> print(plain_json({"a": "</script>"}))
    {"a":"\u003c/script\u003e"}
    """
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    for character in "<>&\u2028\u2029":
        text = text.replace(character, f"\\u{ord(character):04x}")
    return Markup(text)
