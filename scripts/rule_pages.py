"""Write ``docs/rules``: one page and one drawing per rule of boundaries, made from the rule and its case file.

``python scripts/rule_pages.py`` writes them, with ``--check`` it only says which are out of step (a test does that).
"""

from __future__ import annotations

import sys
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import shapely

from gridkit.locale import gettext, speaking
from gridkit.rules import CATALOGUE
from gridkit.rules.examples import FAILING, PASSING, Case, cases

if TYPE_CHECKING:
    from gridkit.rules import Rule

TARGET = Path(__file__).resolve().parent.parent / "docs" / "rules"
FAMILIES = {
    "T1": "Geometry of single units",
    "T2": "A level that should cover the ground once",
    "T3": "A unit and its superior",
    "T4": "Codes of the map and of the official list",
    "T5": "Where units lie",
    "T6": "Exceptions",
}
WIDTH, HEIGHT, GAP, MARGIN = 300, 190, 24, 8
FILLS = {"street": "none", "community": "#eef2f6", "grid": "#d9e6f2", "compound": "#c9ddc1"}
STROKES = {
    "street": ("#23272e", 2.4),
    "community": ("#5d646e", 2.0),
    "grid": ("#5b7ea3", 1.2),
    "compound": ("#4f7a41", 1.2),
}
RED = "#c2002f"
HEAD = """# Rules of boundaries

Made by `python scripts/rule_pages.py` from the rules and their cases (`gridkit/rules/cases/topology.toml`); a test
keeps them in step. `gridkit explain rule CODE` shows the same in the terminal.

"""


def pages() -> dict[str, str]:
    """Return name below ``docs/rules`` -> text of every file."""
    rules = [rule for code, rule in sorted(CATALOGUE.items()) if code.startswith("T")]
    files = {"README.md": _index(rules)}
    for rule in rules:
        both = cases()[rule.code]
        files[f"{rule.code}.md"] = _page(rule, both[FAILING], both[PASSING])
        files[f"drawings/{rule.code}.svg"] = _drawing(rule, both[FAILING], both[PASSING])
    return files


def _index(rules: list[Rule]) -> str:
    lines = [HEAD.rstrip()]
    for family, title in FAMILIES.items():
        lines += ["", f"## {title}", "", "| rule | severity | what | in GIS programs |", "|---|---|---|---|"]
        for rule in rules:
            if rule.code.startswith(family):
                lines.append(f"| [{rule.code}]({rule.code}.md) {rule.name} | {rule.severity} | {_said(rule.title)} "
                             f"| {rule.elsewhere or '-'} |")  # fmt: skip
    return "\n".join(lines) + "\n"


def _page(rule: Rule, failing: Case, passing: Case) -> str:
    """Return the page of one rule, in English and, where it is translated, in Chinese."""
    with speaking("en"):
        sentences = [rule.say({"variant": name}) for name in ("", *rule.variants)]
    lines = [f"# {rule.code} {rule.name}", "", f"**{_said(rule.title)}**", "",
             "| | |", "|---|---|", f"| severity | {rule.severity} |",
             f"| in GIS programs | {rule.elsewhere or 'no rule of this kind'} |",
             f"| source | {_said(rule.source)} |", "",
             "## What it says", "", *_bullets(sentences), "", "## What to do", "", _said(rule.remedy) + ".", "",
             "## A case that breaks it, and one that does not", "",
             f"![left: breaks the rule, right: does not](drawings/{rule.code}.svg)", "",
             "Breaks it:", "", *_shapes(failing), "", "Does not:", "", *_shapes(passing)]  # fmt: skip
    return "\n".join([*lines, *_chinese(rule)]) + "\n"


def _said(text: str) -> str:
    return text.replace("|", "\\|")


def _bullets(texts: list[str]) -> list[str]:
    return [f"- {text}" for text in texts]


def _shapes(case: Case) -> list[str]:
    """Return the units of a case as a block of text that can be pasted into a GIS program."""
    lines = ["```text"]
    for level, units in case.layers.items():
        lines += [f"{level} {code}{_states(case, code)}: {text or '(not drawn)'}" for code, text in units.items()]
    if case.official:
        lines += [f"official list: {code} {name}" for code, name in case.official.items()]
    if case.exception:
        concerns = f"for the defect {case.exception['of']}" if case.exception["of"] else "for no defect"
        until = f", until {case.exception['until']}" if case.exception["until"] else ""
        lines.append(f"exception: {concerns}{until}")
    if case.defect:
        lines.append(f"the place: {case.defect}")
    return [*lines, "```"]


def _states(case: Case, code: str) -> str:
    called = f" {case.named[code]}" if code in case.named else ""
    return called + (f" (states {case.stated[code]})" if code in case.stated else "")


def _chinese(rule: Rule) -> list[str]:
    with speaking("zh"):
        title, remedy = gettext(rule.title), gettext(rule.remedy)
        sentences = [rule.say({"variant": name}) for name in ("", *rule.variants)]
    if title == rule.title:
        return []
    return ["", "## 中文", "", f"**{title}**", "", *_bullets(sentences), "", f"处理办法：{remedy}"]


def _drawing(rule: Rule, failing: Case, passing: Case) -> str:
    """Return both cases side by side in one scale, as SVG."""
    shapes = [shapely.from_wkt(text) for case in (failing, passing) for units in case.layers.values()
              for text in units.values() if text]  # fmt: skip
    west, south, east, north = shapely.total_bounds(np.array(shapes, dtype=object))
    scale = min((WIDTH - 2 * MARGIN) / max(east - west, 1e-9), (HEIGHT - 2 * MARGIN) / max(north - south, 1e-9))
    high = round((north - south) * scale + 2 * MARGIN + 18)
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {2 * WIDTH + GAP} {high}" width="{2 * WIDTH + GAP}" '
        f'height="{high}" font-family="sans-serif" font-size="12" role="img">',
        f"<title>{escape(f'{rule.code} {rule.title}')}</title>",
        f'<rect width="{2 * WIDTH + GAP}" height="{high}" fill="#ffffff"/>',
    ]
    for at, (case, caption, color) in enumerate(((failing, "breaks the rule", RED), (passing, "does not", "#2b6e3f"))):
        left = at * (WIDTH + GAP)
        parts.append(f'<text x="{left + MARGIN}" y="13" fill="{color}">{caption}</text>')
        parts += _panel(case, (left + MARGIN - west * scale, 18 + MARGIN + north * scale), scale)
    return "\n".join([*parts, "</svg>"]) + "\n"


def _panel(case: Case, origin: tuple[float, float], scale: float) -> list[str]:
    """Return the elements of one case: areas, the place that the rule means, codes on top."""
    areas, codes, taken = [], [], set()
    drawn = [text for text in case.layers.get("compound", {}).values() if text] + [case.defect] * bool(case.defect)
    inner = shapely.union_all([shapely.from_wkt(text) for text in drawn])
    for level, units in case.layers.items():
        stroke, width = STROKES[level]
        for code, text in units.items():
            if not text:
                continue
            shape = shapely.from_wkt(text)
            areas.append(_path(shape, origin, scale, f'fill="{FILLS[level]}" fill-opacity="0.7" stroke="{stroke}" '
                                                     f'stroke-width="{width}"'))  # fmt: skip
            free = shape.buffer(0).difference(inner) if level != "compound" else shape
            spot = free if free.area > 0.3 * shape.area else shape
            x, y = (origin + np.array([scale, -scale]) * shapely.get_coordinates(spot.point_on_surface())[0]).tolist()
            if not shapely.get_dimensions(shape):
                x += 12
            while (round(x / 20), round(y / 13)) in taken:
                y += 13
            taken.add((round(x / 20), round(y / 13)))
            codes.append(f'<text x="{x:.1f}" y="{y + 4:.1f}" text-anchor="middle" fill="#14181f" stroke="#ffffff" '
                         f'stroke-width="3" paint-order="stroke">{escape(code)}</text>')  # fmt: skip
    if case.defect:
        style = f'fill="{RED}" fill-opacity="0.45" stroke="{RED}" stroke-width="2.5" stroke-linejoin="round"'
        areas.append(_path(shapely.from_wkt(case.defect), origin, scale, style))
    return areas + codes


def _path(shape: shapely.Geometry, origin: tuple[float, float], scale: float, style: str) -> str:
    def points(line: shapely.Geometry) -> str:
        xy = origin + np.array([scale, -scale]) * shapely.get_coordinates(line)
        return " L".join(f"{x:.1f} {y:.1f}" for x, y in xy.tolist())

    if not shapely.get_dimensions(shape):
        x, y = (origin + np.array([scale, -scale]) * shapely.get_coordinates(shape)[0]).tolist()
        return f'<circle cx="{x:.1f}" cy="{y:.1f}" r="4" {style}/>'
    if shapely.get_dimensions(shape) == 1:
        return f'<path d="M{points(shape)}" {style}/>'
    rings = shapely.get_rings(shapely.get_parts(shape))
    return f'<path fill-rule="evenodd" d="{" ".join(f"M{points(ring)} Z" for ring in rings)}" {style}/>'


def stale() -> list[str]:
    """Return the files that are missing, out of step, or of a rule that there is no more."""
    wanted = pages()
    here = {file.relative_to(TARGET).as_posix() for file in TARGET.rglob("*") if file.is_file()}
    differs = [name for name, text in wanted.items()
               if name not in here or (TARGET / name).read_text(encoding="utf-8") != text]  # fmt: skip
    return sorted([*differs, *(here - wanted.keys())])


def main(arguments: list[str]) -> int:
    """Write the pages, or only compare them."""
    if "--check" in arguments:
        for name in stale():
            print(name)
        return int(bool(stale()))
    (TARGET / "drawings").mkdir(parents=True, exist_ok=True)
    for name in stale():
        (TARGET / name).unlink(missing_ok=True)
    for name, text in pages().items():
        (TARGET / name).write_text(text, encoding="utf-8")
    return 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
