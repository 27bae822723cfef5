"""The text of a project file: settings, and comments that say why and ask what nobody but the reader knows."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final

from gridkit.io.dictionary import fields_of
from gridkit.locale import N_, current, gettext
from gridkit.model.fields import LEVELS, REGISTRY_FIELDS

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from gridkit.io.initial.propose import Entry, Proposal

CONFIDENCE: Final[Mapping[str, str]] = {"high": N_("high"), "medium": N_("medium"), "low": N_("low")}

_BARE: Final = re.compile(r"[A-Za-z0-9_-]+")
_SHORT: Final = {"\b": "\\b", "\t": "\\t", "\n": "\\n", "\f": "\\f", "\r": "\\r", '"': '\\"', "\\": "\\\\"}
_UNSAFE: Final = re.compile("[\x00-\x1f\x7f-\x9f\u200e\u200f\u2028\u2029\u202a-\u202e\u2066-\u2069\ufeff]")
"""Control characters, and marks that turn the direction of a line: a comment must show what it says."""


def printable(text: str) -> str:
    r"""Return a text that can be shown on one line and written as UTF-8, whatever it holds.

    >>> print(printable("a\\udcb0\\n.csv"))
    a\udcb0\n.csv
    """
    fine = text.encode("utf-8", "backslashreplace").decode("utf-8")
    return _UNSAFE.sub(lambda found: _SHORT.get(found[0], f"\\u{ord(found[0]):04x}"), fine)


def quoted(text: str) -> str:
    r"""Return a TOML string of any text.

    >>> print(quoted('a"b\\c\nd'), quoted("小区"), quoted("\x00"))
    "a\"b\\c\nd" "小区" "\u0000"
    """
    body = "".join(_SHORT.get(letter, letter) for letter in text)
    return '"' + _UNSAFE.sub(lambda found: f"\\u{ord(found[0]):04x}", body) + '"'


def key(name: str) -> str:
    """Return a TOML key.

    >>> print(key("name"), key("小 区"))
    name "小 区"
    """
    return name if _BARE.fullmatch(name) else quoted(name)


def comment(text: str) -> list[str]:
    r"""Return a text as comment lines, with everything in it that could end a line written as an escape.

    >>> comment("a\nb")
    ['# a\\nb']
    """
    return [f"# {printable(text)}"]


def project_text(proposal: Proposal) -> str:
    """Return the project file that a proposal makes; equal proposals give equal text."""
    lines = [*comment(gettext("Written by gridkit init from what lies in this folder: every line is a guess."))]
    lines += comment(gettext("Read it, correct it, then run: gridkit check"))
    lines += ["", "[project]", f"name = {quoted(proposal.name)}", *_date(proposal), f'language = "{current()}"']
    layers = [entry for level in LEVELS for entry in proposal.used if (entry.group, entry.kind) == ("layers", level)]
    for entry in layers:
        lines += ["", *_head(entry), *_settings(entry, array=False)]
    lines += _completeness(proposal)
    for kind in REGISTRY_FIELDS:
        entries = [entry for entry in proposal.used if (entry.group, entry.kind) == ("registries", kind)]
        for entry in entries:
            lines += ["", *_head(entry), *_settings(entry, array=len(entries) > 1)]
    lines += _asked(proposal.asked) + _claims() + _unused(proposal.unused)
    return "\n".join(lines) + "\n"


def _date(proposal: Proposal) -> list[str]:
    if not proposal.as_of:
        text = gettext("as_of = 2024-06-30   (the date of the data; it decides which branches are in term)")
        return comment(text)
    told = gettext("The date of the data as the files state it; it decides which branches are in term. Is it right?")
    listed = proposal.dates[:3]
    more = len(proposal.dates) - len(listed)
    rest = [gettext("and {n} more").format(n=more)] if more > 0 else []
    return [*comment(told), *comment("; ".join([*listed, *rest])), f"as_of = {proposal.as_of}"]


def _head(entry: Entry) -> list[str]:
    told = gettext("{confidence} confidence: {reasons}")
    reasons = "; ".join(entry.reasons)
    lines = comment(told.format(confidence=gettext(CONFIDENCE[entry.confidence]), reasons=reasons))
    for doubt in entry.doubts:
        lines += comment(gettext("doubt: {text}").format(text=doubt))
    return lines


def settings_of(entry: Entry) -> dict[str, Any]:
    """Return the settings of an entry as the project file has them."""
    part = "layer" if entry.group == "layers" else "sheet"
    found = {
        "path": entry.look.path,
        part: entry.look.part,
        "columns": {name: entry.columns[name] for name in fields_of(entry.kind) if name in entry.columns},
        "crs": entry.crs,
        "encoding": entry.look.encoding,
    }
    return {name: value for name, value in found.items() if value}


def _settings(entry: Entry, *, array: bool) -> list[str]:
    title = f"{entry.group}.{entry.kind}"
    lines = [f"[[{title}]]" if array else f"[{title}]"]
    for name, value in settings_of(entry).items():
        if isinstance(value, dict):
            inner = ", ".join(f"{key(field)} = {quoted(header)}" for field, header in value.items())
            lines.append(f"{name} = {{ {inner} }}")
        else:
            lines.append(f"{name} = {quoted(value)}")
    return lines


def _completeness(proposal: Proposal) -> list[str]:
    if not any(entry.group == "registries" for entry in proposal.used):
        return []
    sentences = (
        gettext("complete = true in a registry declares that what it does not name does not exist."),
        gettext("Only then can a compound be uncovered; without it, silence means unknown. It is never guessed."),
    )
    return ["", *(line for sentence in sentences for line in comment(sentence))]


def _asked(asked: Sequence[Entry]) -> list[str]:
    if not asked:
        return []
    lines = ["", *comment(gettext("What waits for an answer: take away the # of the one that counts."))]
    for entry in asked:
        lines += ["", *comment(entry.question), *_head(entry)]
        lines += [f"# {line}" for line in _settings(entry, array=entry.group == "registries")]
    return lines


def _claims() -> list[str]:
    told = gettext("Claims are never guessed. This is how one is written:")
    text = gettext("Every compound is covered by an organisation")
    example = [
        "[[claims]]",
        f"text = {quoted(text)}",
        'indicator = "coverage.organisation.declared"',
        "figure = 100",
        f"source = {quoted(gettext('report of the year'))}",
    ]
    return ["", *comment(told), *(f"# {line}" for line in example)]


def _unused(unused: Iterable[tuple[str, str, str]]) -> list[str]:
    lines = []
    for name, reason, remedy in unused:
        told = f"{name}: {reason}" + (f" ({remedy})" if remedy else "")
        lines += comment(told)
    return ["", *comment(gettext("Not used:")), *lines] if lines else []
