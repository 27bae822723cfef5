"""``edits.jsonl``: one edit of a plan of grids on each line, read with every mistake named."""

from __future__ import annotations

import json
import math
from typing import TYPE_CHECKING, Any, Final

from gridkit.errors import InputError, UsageError
from gridkit.io.person_numbers import mask_name_of_file, mask_numbers
from gridkit.locale import N_, gettext
from gridkit.model.plan import EDIT_FIELDS, OPERATIONS, Edit, EditLog
from gridkit.writing import whole

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path

TOLD: Final = 20
"""Mistakes that are told one by one; the others are counted."""
LARGEST: Final = 1 << 29
"""Bytes; a longer file is no log of edits."""
_TYPES: Final = {"seq": int, "args": dict}


def read_edits(path: Path, *, base: str = "") -> EditLog:
    """Read a log of edits; whether its hashes fit is for :func:`gridkit.grids.replay.verify`.

    Parameters
    ----------
    path : pathlib.Path
        JSON lines in UTF-8; a byte order mark, blank lines and any ends of lines are fine.
    base : str
        What the log starts from where it has no line.

    Returns
    -------
    EditLog

    Raises
    ------
    InputError
        The file cannot be read, or every mistake with its line: no JSON, a field that is missing, unknown or of another
        type, an operation that is not known.
    """
    name = mask_name_of_file(path.name)
    return parse_edits(_text(path, name), name=name, base=base)


def parse_edits(text: str, *, name: str, base: str = "") -> EditLog:
    """Return a log of edits of its text; ``name`` is what mistakes are told of; see :func:`read_edits`."""
    edits: list[Edit] = []
    mistakes: list[str] = []
    for number, line in enumerate(text.split("\n"), start=1):
        if not line.strip():
            continue
        said = _edit(line, edits)
        if said:
            mistakes.append(f"{name}:{number}: {said}")
    if mistakes:
        raise InputError("{text}", text=_told(mistakes))
    return EditLog(edits[0].base if edits else base, tuple(edits))


def demand_no_numbers(edits: Iterable[Edit]) -> None:
    """Refuse edits that would let out a number of a person: what is logged is filed as it stands.

    Raises
    ------
    UsageError
        Naming the first of them.
    """
    for edit in edits:
        said = (edit.time, edit.user, edit.reason, edit.doc_no, str(edit.args.get("name", "")))
        if any(mask_numbers(one) != one for one in said):
            raise UsageError(
                N_("edit {seq} names a number of a person"), remedy=N_("leave it out and make the edit again"),
                seq=edit.seq,
            )  # fmt: skip


def write_edits(log: EditLog, path: Path) -> None:
    """Write a log of edits: UTF-8, one line each; the same bytes for the same edits.

    Raises
    ------
    gridkit.errors.OutputError
        The file cannot be written.
    """
    text = "".join(edit.line() + "\n" for edit in log.edits)
    with whole(path) as draft:
        draft.write_bytes(text.encode("utf-8", "replace"))


def _told(mistakes: Sequence[str]) -> str:
    more = len(mistakes) - TOLD
    shown = list(mistakes[:TOLD])
    if more > 0:
        shown.append(gettext("… and {n} more lines with mistakes").format(n=f"{more:,}"))
    shown.append(gettext("take the file as gridkit or its page has written it; edits are never changed by hand"))
    return "\n".join(shown)


def _text(path: Path, name: str) -> str:
    try:
        if path.stat().st_size > LARGEST:
            raise InputError(
                N_("the file is larger than {most} MB"), place=name, remedy=N_("name the edits.jsonl of a plan"),
                most=LARGEST >> 20,
            )  # fmt: skip
        data = path.read_bytes()
    except FileNotFoundError as problem:
        raise InputError(
            N_("there is no such file"), place=str(path), remedy=N_("name the edits.jsonl of a plan")
        ) from problem
    except (OSError, ValueError) as problem:
        raise InputError(
            N_("the file cannot be read: {reason}"), place=str(path)[:200],
            remedy=N_("name the edits.jsonl of a plan, and check your rights"),
            reason=getattr(problem, "strerror", None) or str(problem),
        ) from problem  # fmt: skip
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as problem:
        line = data[: problem.start].count(b"\n") + 1
        raise InputError(
            N_("the text is not UTF-8"), place=f"{name}:{line}", remedy=N_("take the file as it was saved")
        ) from problem


def _edit(line: str, edits: list[Edit]) -> str:
    """Add the edit of a line, or return what is wrong with it."""
    try:
        found = json.loads(line, parse_float=_finite, parse_constant=_finite)
        line.encode()
    except (ValueError, RecursionError) as problem:
        reason = str(getattr(problem, "msg", "") or type(problem).__name__)
        return gettext("this is no JSON: {reason}").format(reason=reason)
    if not isinstance(found, dict):
        return gettext("this is no edit: an object with the fields {known} is expected").format(
            known=", ".join(EDIT_FIELDS)
        )
    said = _wrong(found, escaped="\\u" in line)
    if not said:
        edits.append(Edit(**found))
    return said


def _finite(text: str) -> float:
    number = float(text)
    if not math.isfinite(number):
        raise ValueError(text)
    return number


def _wrong(found: dict[str, Any], *, escaped: bool) -> str:
    lacking = [name for name in EDIT_FIELDS if name not in found]
    if lacking:
        return gettext("missing: {names}").format(names=", ".join(lacking))
    strange = sorted(set(found) - set(EDIT_FIELDS))
    if strange:
        return gettext("unknown: {names}").format(names=", ".join(strange)[:100])
    wrong = [said for name in EDIT_FIELDS if (said := _of_field(name, found[name], escaped=escaped))]
    if not wrong and found["op"] not in OPERATIONS:
        said = gettext("{op} is no operation; known are: {known}")
        wrong = [said.format(op=found["op"][:40], known=", ".join(OPERATIONS))]
    return gettext("; ").join(wrong)


def _of_field(name: str, value: Any, *, escaped: bool) -> str:
    """Return what is wrong with the value of a field; only an escape can bring half a character into a sound line."""
    kind: type = _TYPES.get(name, str)
    if not isinstance(value, kind) or isinstance(value, bool):
        words = {int: N_("a whole number"), dict: N_("an object"), str: N_("text")}
        return gettext("{name} must be {kind}").format(name=name, kind=gettext(words[kind]))
    if escaped and not _sound(str(value) if kind is str else json.dumps(value, ensure_ascii=False)):
        return gettext("{name} holds half a character").format(name=name)
    return ""


def _sound(text: str) -> bool:
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True
