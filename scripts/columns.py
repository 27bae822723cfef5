"""Write ``docs/columns.md`` from the column dictionary and the vocabularies: ``python scripts/columns.py``."""

from __future__ import annotations

from pathlib import Path

from gridkit.io.headers import HEADERS
from gridkit.io.vocabulary import SYNONYMS
from gridkit.model.fields import LAYER_FIELDS, REGISTRY_FIELDS, REQUIRED

TARGET = Path(__file__).resolve().parent.parent / "docs" / "columns.md"

HEAD = """# Columns that are recognised

Made from the dictionary by `python scripts/columns.py`; a test keeps it in step.

A header is compared without spaces, brackets, units and punctuation, in half width; the parts of a two-row header are
joined; the English field name is understood as well. A column that is not recognised is named in `gridkit.toml`:
`columns = { field = "header in the file" }`. Fields marked * must be filled in every row; a row that lacks one is kept
and reported.
"""


def text() -> str:
    """Return the whole page."""
    lines = [HEAD]
    for kind in (*LAYER_FIELDS, *REGISTRY_FIELDS):
        layer = kind in LAYER_FIELDS
        lines += [f"## {'Layer' if layer else 'Registry'} `{kind}`\n", "| field | type | headers |", "|---|---|---|"]
        types = {"code": "code", "datum": "text", **LAYER_FIELDS[kind]} if layer else REGISTRY_FIELDS[kind]
        for field, headers in HEADERS[kind].items():
            star = " *" if field in REQUIRED[kind] else ""
            lines.append(f"| `{field}`{star} | {types.get(field, 'number')} | {'、'.join(headers.split())} |")
        lines.append("")
    lines += ["## Values of vocabulary fields\n", "| field | value | written as |", "|---|---|---|"]
    for field, values in SYNONYMS.items():
        lines += [f"| `{field}` | `{value}` | {'、'.join(words.split())} |" for value, words in values.items()]
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    TARGET.write_text(text(), encoding="utf-8")
