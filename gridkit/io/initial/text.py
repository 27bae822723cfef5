"""The text of a project file: settings, and comments that say why and ask what nobody but the reader knows."""

from __future__ import annotations

import re
from collections import Counter
from typing import TYPE_CHECKING, Final

from gridkit.io.initial.sections import Section, settings_of
from gridkit.locale import N_, current, gettext
from gridkit.model.fields import COMPOUND

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from gridkit.io.initial.propose import Entry, Proposal

CONFIDENCE: Final[Mapping[str, str]] = {"high": N_("high"), "medium": N_("medium"), "low": N_("low")}

_SHOWN: Final = 3
"""Tables of one section whose reasons are written out."""

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


def project_text(proposal: Proposal, found: Sequence[Section]) -> str:
    """Return the project file that a proposal makes of its ``found`` sections; equal ones give equal text."""
    lines = [*comment(gettext("Written by gridkit init from what lies in this folder: every line is a guess."))]
    lines += comment(gettext("Read it, correct it, then run: gridkit check"))
    lines += ["", "[project]", f"name = {quoted(proposal.name)}", *_date(proposal), f'language = "{current()}"']
    count = Counter((section.group, section.kind) for section in found)
    count.update((entry.group, entry.kind) for entry in proposal.asked)
    before = ""
    for section in found:
        if section.group != before:
            lines += _group(section.group, proposal)
        before = section.group
        lines += ["", *_head(section.entries)]
        lines += _settings(section, array=section.group != "layers" and count[section.group, section.kind] > 1)
    lines += _asked(proposal.asked) + _claims() + _unused(proposal.unused)
    return "\n".join(lines) + "\n"


def _group(group: str, proposal: Proposal) -> list[str]:
    """Return what is said before the first layer or registry."""
    sentences = []
    if not any((entry.group, entry.kind) == ("layers", COMPOUND) for entry in proposal.used):
        sentences += [gettext("There is no compound layer: without one gridkit audit decides nothing.")]
    if group == "layers":
        return ["", *(line for text in sentences for line in comment(text))] if sentences else []
    layers = any(entry.group == "layers" for entry in proposal.used)
    sentences = [] if layers else sentences
    sentences += [
        gettext("A registry with complete = true declares that what it does not name does not exist."),
        gettext("Only then can a compound be uncovered; without it, silence means unknown. It is never guessed."),
    ]
    return ["", *(line for text in sentences for line in comment(text))]


def _date(proposal: Proposal) -> list[str]:
    if not proposal.as_of:
        told = gettext(
            "No date was found in the files. The date of the data decides which branches are in term; state it:"
        )
        return [*comment(gettext("doubt: {text}").format(text=told)), "# as_of = 2024-06-30"]
    told = gettext("The date of the data as the files state it; it decides which branches are in term. Is it right?")
    listed = proposal.dates[:3]
    more = len(proposal.dates) - len(listed)
    rest = [gettext("and {n} more").format(n=more)] if more > 0 else []
    return [*comment(told), *comment("; ".join([*listed, *rest])), f"as_of = {proposal.as_of}"]


def _head(entries: Sequence[Entry]) -> list[str]:
    """Return the comments above a section: why, and what is in doubt; of many tables the first three."""
    lines = []
    told = gettext("{confidence} confidence: {reasons}")
    for entry in entries[:_SHOWN]:
        reasons = "; ".join(entry.reasons)
        text = told.format(confidence=gettext(CONFIDENCE[entry.confidence]), reasons=reasons)
        lines += comment(f"{entry.look.shown}: {text}" if len(entries) > 1 else text)
    if len(entries) > _SHOWN:
        text = gettext("and {n} more of the same form, {rows} rows in all")
        lines += comment(text.format(n=len(entries) - _SHOWN, rows=sum(entry.look.rows for entry in entries)))
    for doubt in dict.fromkeys(doubt for entry in entries for doubt in entry.doubts):
        lines += comment(gettext("doubt: {text}").format(text=doubt))
    return lines


def _settings(section: Section, *, array: bool) -> list[str]:
    title = f"{section.group}.{section.kind}"
    lines = [f"[[{title}]]" if array else f"[{title}]"]
    for name, value in section.settings.items():
        if isinstance(value, dict):
            inner = ", ".join(f"{key(field)} = {quoted(header)}" for field, header in value.items())
            lines.append(f"{name} = {{ {inner} }}")
        elif isinstance(value, list):
            lines += [f"{name} = [", *(f"    {quoted(one)}," for one in value), "]"]
        else:
            lines.append(f"{name} = {quoted(value)}")
    maybe = next((entry.maybe for entry in section.entries if entry.maybe), "")
    if maybe and "crs" in section.settings:
        text = gettext("or, instead of this crs: {line}")
        lines += comment(text.format(line=f"crs = {quoted(maybe)}"))
    elif maybe:
        lines.append(f"# crs = {quoted(maybe)}")
    return lines


def _asked(asked: Sequence[Entry]) -> list[str]:
    if not asked:
        return []
    lines = ["", *comment(gettext("What waits for an answer: take away the # of the one that counts."))]
    for entry in asked:
        section = Section(entry.group, entry.kind, settings_of(entry), (entry,))
        lines += ["", *comment(entry.question), *_head([entry])]
        lines += [f"# {line}" for line in _settings(section, array=entry.group == "registries")]
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
