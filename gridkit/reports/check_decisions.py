"""What only the people who keep the data can decide: questions to them, each with the line of gridkit.toml."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from gridkit.locale import gettext as _
from gridkit.model.fields import COMPOUND, LAYER_FIELDS, REGISTRY_FIELDS
from gridkit.reports import words
from gridkit.reports.terminal import WIDE, wrap
from gridkit.rules.labels import label

if TYPE_CHECKING:
    from collections.abc import Iterator

    import pandas as pd

    from gridkit.reports.check import Checked

_KINDS: Final = "|".join(
    [f"layers\\.{one}" for one in LAYER_FIELDS] + [f"registries\\.{one}" for one in REGISTRY_FIELDS]
)
_WAITING: Final = re.compile(rf"^#\s*\[+({_KINDS})\]+\s*$", re.MULTILINE)
_HELD: Final = ("S151", "S152")
_DATUM: Final = ("S170", "S171", "S172", "S173")


@dataclass(frozen=True, slots=True)
class Decision:
    """A question in words, and what to write into gridkit.toml."""

    text: str
    line: str

    def __str__(self) -> str:
        return _("{text}: {line}").format(text=self.text, line=self.line)


def decisions(checked: Checked, project_text: str = "") -> list[Decision]:
    """Return what is left to decide, in the current language, the most far-reaching first.

    Parameters
    ----------
    checked : Checked
        City and findings; a :class:`gridkit.model.Run` as well.
    project_text : str
        The project file, whose sections behind a ``#`` wait for an answer.
    """
    frame = checked.findings.frame
    by_code = {str(code): rows for code, rows in frame[["code", "subject", "params"]].groupby("code")}
    kinds = {source.name: source.kind for source in checked.city.sources}
    found = [*_registry(checked), *_columns(by_code), *_held(checked, by_code, kinds), *_datum(by_code, kinds)]
    return [*found, *_waiting(project_text)]


def _section(kind: str) -> str:
    return f"[layers.{kind}]" if kind in LAYER_FIELDS else f"[registries.{kind}]"


def _registry(checked: Checked) -> Iterator[Decision]:
    city = checked.city
    if COMPOUND not in city.layers:
        yield Decision(
            _("There is no layer of compounds, so coverage cannot be decided; name its file"),
            f'{_section(COMPOUND)} path = "..."',
        )
    if city.as_of is None:
        yield Decision(
            _("The date of the data is not stated, so nobody knows which organisations are in term; write it"),
            "[project] as_of = 2024-06-30",
        )
    registry = city.registries.get("branches")
    if registry is None:
        text = _("There is no registry of Party organisations, so no compound can be called covered; name its file")
        yield Decision(text, '[registries.branches] path = "..."')
    elif not (registry.complete or any(one.kind == "branches" and one.complete for one in city.sources)):
        yield Decision(
            _(
                "Does the registry of Party organisations name all of them? Only then is a compound that none of them "
                "covers uncovered; until you say so it is unknown"
            ),
            "[registries.branches] complete = true",
        )


def _columns(by_code: dict[str, pd.DataFrame]) -> Iterator[Decision]:
    """Ask for required columns that a table lacks, each once."""
    if "S127" not in by_code:
        return
    found = {(str(one["table"]), str(one["field"])): str(one["effect"]) for one in by_code["S127"]["params"]}
    for (kind, field), effect in sorted(found.items()):
        text = _("The {table} has no column “{field}”, {effect}; if it has another heading, write")
        said = text.format(table=words.table_label(kind), field=label(field, "field"), effect=label(effect, "effect"))
        yield Decision(said, f'{_section(kind)} columns = {{ {field} = "..." }}')


def _held(checked: Checked, by_code: dict[str, pd.DataFrame], kinds: dict[str, str]) -> Iterator[Decision]:
    """Ask what hidden and struck-out rows, columns and cells are."""
    rows = {kind: len(frame) for kind, frame in checked.city.pending.items() if len(frame)}
    for code in _HELD:
        if code in by_code:
            for subject, params in by_code[code][["subject", "params"]].itertuples(index=False):
                source = str(subject) if str(subject) in kinds else str(subject).rpartition("!")[0]
                if not params.get("variant") and source in kinds:
                    rows.setdefault(kinds[source], 0)
    for kind, n in sorted(rows.items()):
        text = _("Do hidden or struck-out parts of the {table} count ({n} row(s) are held)? Yes: keep; no: exclude")
        said = text.format(table=words.table_label(kind), n=f"{n:,}")
        yield Decision(said, f'{_section(kind)} hidden = "keep" / hidden = "exclude"')


def _datum(by_code: dict[str, pd.DataFrame], kinds: dict[str, str]) -> Iterator[Decision]:
    """Ask where coordinates come from that do not lie where they should."""
    asked = set()
    for code in _DATUM:
        if code not in by_code:
            continue
        for subject, params in by_code[code][["subject", "params"]].itertuples(index=False):
            kind = kinds.get(str(subject), "")
            if (code, kind) in asked or not kind:
                continue
            asked.add((code, kind))
            text = _("In which coordinate system are the numbers of the {table}? {finding}; if you know it, write")
            plain = f'{_section(kind)} crs = "..."'
            line = {"S170": str(params.get("line", plain)), "S173": f'{_section(kind)} control = "control.csv"'}
            said = text.format(table=words.table_label(kind), finding=words.rule_title(code))
            yield Decision(said, line.get(code, plain))


def _waiting(project_text: str) -> Iterator[Decision]:
    """Name the sections of the project file that wait behind a ``#``."""
    waiting = list(dict.fromkeys(_WAITING.findall(project_text)))
    if waiting:
        text = _("{n} section(s) of gridkit.toml wait: take the # away from those that hold")
        yield Decision(text.format(n=len(waiting)), _(", ").join(f"[{one}]" for one in waiting))


def block(found: list[Decision]) -> list[str]:
    """Return the lines of the block for a terminal; none where nothing is to be decided."""
    lines = (f"  {part}" for one in found for part in wrap(f"- {one}", WIDE - 2, "  "))
    return [_("For you to decide"), *lines] if found else []
