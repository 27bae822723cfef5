"""Keep the translation catalogues in step with the source: ``python scripts/catalogue.py [--check] [FILE.json ...]``.

Extracts every ``gettext``, ``_`` and ``N_`` string of ``gridkit/``, keeps the Chinese that is there, takes new Chinese
from the JSON files given (``{"English": "中文"}``), drops what is no longer used, and compiles. With ``--check``
nothing is written and the exit code says whether anything is untranslated, stale or not compiled.
"""

from __future__ import annotations

import io
import json
import sys
from datetime import UTC, datetime
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

ROOT = Path(__file__).resolve().parent.parent
FOLDER = ROOT / "gridkit" / "locale" / "zh_CN" / "LC_MESSAGES"
KEYWORDS = {"gettext": None, "_": None, "N_": None}
METHODS = [("**.py", "python"), ("reports/templates/**.html", "jinja2")]


def extracted() -> dict[str, list[str]]:
    """Return every marked string with the files that hold it."""
    found: dict[str, list[str]] = {}
    options = {"**.html": {"encoding": "utf-8", "silent": "false"}}
    for name, _, message, *_ in extract_from_dir(
        str(ROOT / "gridkit"), method_map=METHODS, options_map=options, keywords=KEYWORDS
    ):
        text = message if isinstance(message, str) else message[0]
        if text:
            files = found.setdefault(text, [])
            if name not in files:
                files.append(name)
    return found


def known() -> dict[str, str]:
    """Return the translations of the catalogue as it is."""
    path = FOLDER / "gridkit.po"
    if not path.exists():
        return {}
    with path.open("rb") as file:
        return {str(message.id): str(message.string) for message in read_po(file, locale="zh_CN") if message.id}


def build(found: dict[str, list[str]], translations: dict[str, str]) -> Catalog:
    """Return a catalogue of exactly the strings in ``found``, sorted."""
    never = datetime(2000, 1, 1, tzinfo=UTC)  # no wall clock: equal strings give equal bytes
    catalog = Catalog(
        locale="zh_CN", project="gridkit", version="1", charset="utf-8", fuzzy=False, creation_date=never,
        revision_date=never,
    )  # fmt: skip
    catalog.header_comment = "# Chinese catalogue of gridkit; kept in step by scripts/catalogue.py"
    for text in sorted(found):
        catalog.add(text, translations.get(text, ""), locations=[(name, None) for name in sorted(found[text])])
    return catalog


def as_bytes(catalog: Catalog) -> tuple[bytes, bytes]:
    """Return the .po and the .mo bytes of a catalogue."""
    po, mo = io.BytesIO(), io.BytesIO()
    write_po(po, catalog, width=120, sort_output=True, include_lineno=False, omit_header=False)
    write_mo(mo, catalog)
    return po.getvalue(), mo.getvalue()


def problems() -> list[str]:
    """Return what is untranslated, stale, or not compiled; empty where everything is in step."""
    found, have = extracted(), known()
    catalog = build(found, have)
    wrong = [f"untranslated: {text!r}" for text in sorted(found) if not have.get(text)]
    wrong += [f"stale: {text!r}" for text in sorted(set(have) - set(found))]
    for name, compiled in (("gridkit.mo", as_bytes(catalog)[1]), ("messages.mo", click_sentences())):
        path = FOLDER / name
        if not wrong and (not path.exists() or path.read_bytes() != compiled):
            wrong.append(f"{name} is not compiled from its .po: run python scripts/catalogue.py")
    return wrong


def click_sentences() -> bytes:
    """Return the compiled catalogue of click's own sentences (usage, unknown option)."""
    with (FOLDER / "messages.po").open("rb") as file:
        catalog = read_po(file, locale="zh_CN")
    mo = io.BytesIO()
    write_mo(mo, catalog)
    return mo.getvalue()


def main(arguments: list[str]) -> int:
    """Check, or merge and compile."""
    if "--check" in arguments:
        wrong = problems()
        print("\n".join(wrong) or "catalogue in step")
        return 1 if wrong else 0
    translations = known()
    for name in arguments:
        translations.update(json.loads(Path(name).read_text(encoding="utf-8")))
    po, mo = as_bytes(build(extracted(), translations))
    FOLDER.mkdir(parents=True, exist_ok=True)
    (FOLDER / "gridkit.po").write_bytes(po)
    (FOLDER / "gridkit.mo").write_bytes(mo)
    (FOLDER / "messages.mo").write_bytes(click_sentences())
    print("\n".join(problems()) or "catalogue in step")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
