"""The tables of a project file that a proposal makes: which files go together, and what has to be stated of them."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from glob import escape
from typing import TYPE_CHECKING, Any, Final

from gridkit.errors import GridkitError
from gridkit.io.dictionary import fields_of
from gridkit.io.parts import files_of
from gridkit.model.fields import LEVELS, REGISTRY_FIELDS

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from gridkit.io.initial.propose import Entry, Proposal

_MANY: Final = 4
"""From this many files on a pattern says more than a list."""


@dataclass(frozen=True)
class Section:
    """``[layers.<kind>]`` or ``[registries.<kind>]``: its settings, and the tables that are read for it."""

    group: str
    kind: str
    settings: Mapping[str, Any]
    entries: tuple[Entry, ...]


def sections(proposal: Proposal, root: Path) -> list[Section]:
    """Return the tables of the project file in its order; files of one registry that need the same settings in one.

    Parameters
    ----------
    proposal : Proposal
    root : Path
        The folder, to see what a pattern would match.
    """
    found = [
        Section("layers", level, settings_of(entry), (entry,))
        for level in LEVELS
        for entry in proposal.used
        if (entry.group, entry.kind) == ("layers", level)
    ]
    alone = _only_kinds(proposal)
    for kind in REGISTRY_FIELDS:
        entries = [entry for entry in proposal.used if (entry.group, entry.kind) == ("registries", kind)]
        found += _registry(kind, entries, alone, root)
    return found


def settings_of(entry: Entry) -> dict[str, Any]:
    """Return the settings of one table as the project file has them."""
    part = "layer" if entry.group == "layers" else "sheet"
    found = {
        "path": entry.look.path,
        part: entry.look.part,
        "columns": {name: entry.columns[name] for name in fields_of(entry.kind) if name in entry.columns},
        "crs": entry.crs,
        "encoding": entry.look.encoding,
    }
    return {name: value for name, value in found.items() if value}


def _only_kinds(proposal: Proposal) -> dict[str, str]:
    """Return file -> kind of the files all of whose tables are read for one kind: their sheets need no name.

    So a sheet that is hidden there is read as well, and held until somebody decides.
    """
    kinds: dict[str, set[str]] = defaultdict(set)
    for entry in proposal.used:
        kinds[entry.look.path].add(entry.kind)
    for look in [*proposal.others, *(entry.look for entry in proposal.asked)]:
        kinds[look.path].add("")
    return {path: next(iter(found)) for path, found in kinds.items() if len(found) == 1}


def _registry(kind: str, entries: Sequence[Entry], alone: Mapping[str, str], root: Path) -> list[Section]:
    groups: dict[str, tuple[dict[str, Any], list[Entry]]] = {}
    for entry in entries:
        settings = settings_of(entry)
        if alone.get(entry.look.path) == kind:
            settings.pop("sheet", None)
        rest = {name: value for name, value in settings.items() if name not in ("path", "encoding")}
        groups.setdefault(repr(sorted(rest.items())), (rest, []))[1].append(entry)
    return [_section(kind, rest, found, root) for rest, found in groups.values()]


def _section(kind: str, rest: Mapping[str, Any], entries: Sequence[Entry], root: Path) -> Section:
    paths = list(dict.fromkeys(entry.look.path for entry in entries))
    encodings = {entry.look.encoding for entry in entries}
    encoding = {"encoding": encodings.pop()} if len(encodings) == 1 and "" not in encodings else {}
    return Section("registries", kind, {"path": _short(paths, root), **rest, **encoding}, tuple(entries))


def _short(paths: Sequence[str], root: Path) -> str | list[str]:
    """Return one path, a pattern that matches all of many and nothing else, or the list."""
    if len(paths) == 1:
        return paths[0]
    if len(paths) >= _MANY:
        ends = {path.rpartition(".")[2] for path in paths}
        head = "".join(f"{escape(part)}/" for part in common([path.split("/")[:-1] for path in paths]))
        for middle in ("", "*/", "**/") if len(ends) == 1 else ():
            pattern = f"{head}{middle}*.{escape(min(ends))}"
            if _matches(pattern, paths, root):
                return pattern
    return list(paths)


def common(texts: Sequence[Sequence[str]]) -> list[str]:
    """Return what all begin with: folders of paths, or letters of names.

    >>> common(["ab1", "ab2"]), common([["a", "b"], ["a"]])
    (['a', 'b'], ['a'])
    """
    found = []
    for level in zip(*texts, strict=False):
        if len(set(level)) > 1:
            break
        found.append(level[0])
    return found


def _matches(pattern: str, paths: Sequence[str], root: Path) -> bool:
    try:
        return set(files_of(pattern, root)) == set(paths)
    except GridkitError:
        return False
