"""Edits on their way into a plan folder: each is on the disk before it counts, so that no crash loses one."""

from __future__ import annotations

import contextlib
import glob
import json
import os
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, Final

from gridkit.errors import InputError, UsageError
from gridkit.grids.edit import apply_edit
from gridkit.grids.replay import effective, replay, verify
from gridkit.io.edits import demand_no_numbers, parse_edits, write_edits
from gridkit.locale import N_, gettext
from gridkit.model.plan import EditLog, Plan
from gridkit.stores.digest import file_digest
from gridkit.stores.plan_folder import DOCUMENT, Stored, is_plan, open_plan, write_plan
from gridkit.writing import unwritable

try:
    import fcntl
except ImportError:  # pragma: no cover - Windows: nothing keeps two servers apart there
    fcntl = None  # type: ignore[assignment]

if TYPE_CHECKING:
    from io import FileIO
    from pathlib import Path

FORMAT: Final = 1
REMEMBERED: Final = 200
"""Plans that are kept for undoing without a replay."""


class Conflict(Exception):  # noqa: N818 - no error: the other page was first
    """Edits do not follow those that are there; ``reason`` is ``head`` or ``folder``."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


def journal_path(folder: Path) -> Path:
    """Return where the journal of a plan folder lies: beside it."""
    place = folder.resolve()
    return place.with_name(f"{place.name}.journal")


def recover(folder: Path) -> bool:
    """Bring a plan folder back that was put aside for one that was never put in its place; whether there was one.

    A plan folder is replaced by two renames; who is killed between them leaves the folder under a hidden name.

    Raises
    ------
    OutputError
        It cannot be renamed.
    """
    place = folder.resolve()
    if place.exists() or not place.parent.is_dir():
        return False
    for aside in sorted(place.parent.glob(f".tmp-{glob.escape(place.name)}-*")):
        if is_plan(aside / place.name):
            try:
                (aside / place.name).rename(place)
                aside.rmdir()
            except OSError as problem:
                raise unwritable(place, problem) from problem
            return True
    return False


class Journal:
    """A file to which edits are added, line by line, each on the disk before the call returns.

    The first line has the log of the plan folder; each other one is ``{"keep": n, "lines": text}``: the log keeps its
    first n edits, and those of the text follow.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        try:
            # unbuffered: what a full disk did not take must not be written later
            self._stream: FileIO = path.open("a+b", buffering=0)
        except OSError as problem:
            raise unwritable(path, problem) from problem
        if fcntl is not None:
            try:
                fcntl.flock(self._stream, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except OSError as problem:
                self._stream.close()
                raise UsageError(
                    N_("another board serves this plan"), place=str(path),
                    remedy=N_("use its page, or end it first (Ctrl+C)"),
                ) from problem  # fmt: skip

    @property
    def empty(self) -> bool:
        """Whether it holds nothing."""
        return self._stream.seek(0, os.SEEK_END) == 0

    def records(self) -> list[dict[str, Any]]:
        """Return the lines; a last one that a crash has cut off never counted, and is taken out."""
        self._stream.seek(0)
        whole, _, rest = self._stream.read().rpartition(b"\n")
        if rest:
            self._stream.truncate(len(whole) + bool(whole))
        found = []
        for line in whole.split(b"\n") if whole else []:
            try:
                record = json.loads(line)
                if not isinstance(record, dict):
                    raise ValueError(record)
                found.append(record)
            except (ValueError, RecursionError) as problem:
                raise _damaged(self.path) from problem
        return found

    def add(self, record: dict[str, Any]) -> None:
        """Add a line and wait until it is on the disk; a line that was only half written is taken back.

        Raises
        ------
        OutputError
            The disk did not take it.
        """
        end = self._stream.seek(0, os.SEEK_END)
        rest = memoryview(json.dumps(record, ensure_ascii=False).encode("utf-8", "replace") + b"\n")
        try:
            while rest:
                rest = rest[self._stream.write(rest) :]
            os.fsync(self._stream.fileno())
        except OSError as problem:
            with contextlib.suppress(OSError):
                self._stream.truncate(end)
            raise unwritable(self.path, problem) from problem

    def clear(self) -> None:
        """Take everything out, as it is in the plan folder now."""
        self._stream.seek(0)
        self._stream.truncate()
        os.fsync(self._stream.fileno())

    def close(self) -> None:
        """Close the file; one that holds nothing is removed."""
        if self._stream.closed:
            return
        if self.empty:
            with contextlib.suppress(OSError):
                self.path.unlink(missing_ok=True)
        self._stream.close()


@dataclass
class Desk:
    """A plan on which edits are made from outside: the folder, the log with what the journal holds, and the plan.

    Make one with :func:`open_desk`. Nothing here is for several threads at once: the caller takes turns.
    """

    stored: Stored
    folder: Path
    journal: Journal
    log: EditLog
    plans: list[Plan | None] = field(default_factory=list)
    marks: str = ""
    restored: int = 0
    aside: Path | None = None

    @property
    def plan(self) -> Plan:
        """The plan as the log leaves it."""
        last = self.plans[-1]
        if last is None:
            last = replay(self.stored.base, self.log)
            self.plans[-1] = last
        return last

    @property
    def unsaved(self) -> int:
        """By how many lines the log and that of the folder differ."""
        return max(len(self.log), len(self.stored.log)) - _common(self.log, self.stored.log)

    def take(self, head: str, keep: int, text: str) -> int:
        """Take edits that follow on the first ``keep`` lines of the log; return how many there are now.

        Parameters
        ----------
        head : str
            The hash of the last line that the sender knows.
        keep : int
        text : str
            Lines of ``edits.jsonl``.

        Raises
        ------
        Conflict
            Others have added edits that the sender does not know.
        InputError, UsageError
            A line is no edit, was changed, does not follow, cannot be done, or names a number of a person.
        OutputError
            The disk did not take them; nothing has changed then.
        """
        if head != self.log.head or not 0 <= keep <= len(self.log):
            raise Conflict("head")
        demand_no_numbers(parse_edits(text, name=gettext("edits of the page")).edits)
        before = self.log, self.plans
        self.go(keep, text)
        try:
            if self.journal.empty:
                mine = self.stored.log
                self.journal.add({"journal": FORMAT, "base": mine.base, "head": mine.head, "log": _text(mine)})
            self.journal.add({"keep": keep, "lines": text})
        except BaseException:
            self.log, self.plans = before
            raise
        return len(self.log)

    def go(self, keep: int, text: str) -> None:
        """Set the log to its first lines and those of a text; nothing changes where one of them is refused."""
        new = parse_edits(text, name=gettext("edits of the page"), base=self.log.base)
        log = EditLog(self.stored.log.base, (*self.log.edits[:keep], *new.edits))
        verify(log, known=keep)
        plans = list(self.plans) if keep == len(self.log) else self._rebuilt(EditLog(log.base, log.edits[:keep]))
        standing = effective(EditLog(log.base, log.edits[:keep]))
        for edit in log.edits[keep:]:
            if edit.op == "undo":
                if not standing or edit.args != {"seq": standing[-1].seq}:
                    effective(log)  # says what is wrong
                    raise UsageError(N_("edit {seq} undoes what is not there"), seq=edit.seq)
                standing.pop()
                plans.pop()
                if plans[-1] is None:
                    plans[-1] = _folded(self.stored.base, standing)
                continue
            last = plans[-1]
            assert last is not None  # the last plan is always known
            plans.append(apply_edit(last, edit))
            standing.append(edit)
            if len(plans) > REMEMBERED:
                plans[-REMEMBERED] = None
        self.log, self.plans = log, plans

    def _rebuilt(self, log: EditLog) -> list[Plan | None]:
        standing = len(effective(log))
        return [*([None] * standing), replay(self.stored.base, log)]

    def save(self, head: str) -> int:
        """Write the plan folder in its place and empty the journal; return the number of lines of the log.

        Raises
        ------
        Conflict
            Others have added edits, or the folder was changed since it was read.
        OutputError
            The folder cannot be written; the journal has all edits still.
        """
        if head != self.log.head:
            raise Conflict("head")
        if mark(self.folder) != self.marks:
            raise Conflict("folder")
        after = replace(self.stored, plan=self.plan, log=self.log)
        write_plan(after, self.folder)
        self.marks = mark(self.folder)
        self.stored = replace(after, changed={})
        self.journal.clear()
        return len(self.log)


def _folded(base: Plan, standing: list[Any]) -> Plan:
    for edit in standing:
        base = apply_edit(base, edit)
    return base


def _common(one: EditLog, other: EditLog) -> int:
    pairs = zip(one.edits, other.edits, strict=False)
    return next((at for at, (a, b) in enumerate(pairs) if a.hash != b.hash), min(len(one), len(other)))


def mark(folder: Path) -> str:
    """Return what tells whether a plan folder was written since; ``""`` where there is none."""
    try:
        return file_digest(folder / DOCUMENT)
    except OSError:
        return ""


def open_desk(folder: Path) -> Desk:
    """Open a plan folder for edits from outside, with those that a crash has left in its journal.

    A journal that does not follow on the folder, as that was changed by others meanwhile, is kept as a log of edits
    beside it (``Desk.aside``).

    Raises
    ------
    InputError
        It is no plan folder, or its journal is damaged.
    UsageError
        Another server has it open.
    OutputError
        The journal cannot be written.
    """
    if not is_plan(folder):
        recover(folder)
    stored = open_plan(folder)
    journal = Journal(journal_path(folder))
    try:
        standing = len(effective(stored.log))
        plans: list[Plan | None] = [*([None] * standing), stored.plan]
        desk = Desk(stored, folder, journal, stored.log, plans, mark(folder))
        _restore(desk)
    except BaseException:
        journal.close()
        raise
    return desk


def _restore(desk: Desk) -> None:
    records, stored = desk.journal.records(), desk.stored.log
    if not records:
        return
    try:
        lines = [(int(one["keep"]), str(one["lines"])) for one in records[1:]]
        base, head, text = (str(records[0][name]) for name in ("base", "head", "log"))
    except (KeyError, TypeError, ValueError) as problem:
        raise _damaged(desk.journal.path) from problem
    if (base, head) == (stored.base, stored.head):
        for keep, some in lines:
            desk.go(keep, some)
        desk.restored = desk.unsaved
        return
    name = desk.journal.path.name
    log = parse_edits(text, name=name, base=base)
    for keep, some in lines:
        log = EditLog(base, (*log.edits[:keep], *parse_edits(some, name=name).edits))
    if log.edits != stored.edits[: len(log)]:
        desk.aside = desk.journal.path.with_name(f"{desk.folder.resolve().name}.{log.head[:12]}.edits.jsonl")
        write_edits(log, desk.aside)
    # else all was saved, and the journal not emptied any more
    desk.journal.clear()


def _damaged(path: Path) -> InputError:
    return InputError(
        N_("the journal of the board is damaged"), place=str(path),
        remedy=N_("move it away; what it holds are the edits since the last save"),
    )  # fmt: skip


def _text(log: EditLog) -> str:
    return "".join(edit.line() + "\n" for edit in log.edits)
