"""The first look at a folder of files: what they are, which project they make, and the text of its project file."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from gridkit.io.initial.datums import with_datums
from gridkit.io.initial.pieces import in_one
from gridkit.io.initial.propose import propose
from gridkit.io.initial.recognise import look_around
from gridkit.io.initial.sections import sections
from gridkit.io.initial.text import project_text
from gridkit.io.initial.trial import tried

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from gridkit.io.initial.datums import Verdict
    from gridkit.io.initial.propose import Proposal
    from gridkit.io.initial.sections import Section

    Progress = Callable[[str, int, int], None]


@dataclass(frozen=True)
class Start:
    """A proposal, the sections it makes, the comparisons of datums made for it, and the text of its project file."""

    proposal: Proposal
    sections: tuple[Section, ...]
    verdicts: tuple[Verdict, ...]
    text: str


def start(folder: Path, progress: Progress | None = None) -> Start:
    """Look at a folder and propose a project that runs.

    Parameters
    ----------
    folder : Path
        Nothing in it is changed.
    progress : callable, optional
        Called with what is being done, the number of files done, and their total.

    Raises
    ------
    InputError
        If there is no such folder, or it holds too many files.
    """
    proposal = propose(folder.resolve().name, in_one(look_around(folder, progress), folder))
    judged, verdicts = with_datums(proposal)
    found = tried(judged, folder, progress)
    made = sections(found, folder)
    return Start(found, tuple(made), tuple(verdicts), project_text(found, made))
