"""Exceptions: defects that a person keeps, why, and until when."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from gridkit.rules import CATALOGUE
from gridkit.topology.resolve import KEEP

if TYPE_CHECKING:
    import datetime as dt

    import pandas as pd

EXCEPTION_COLUMNS = ("defect_id", "reason", "role", "until")


@dataclass(frozen=True)
class Kept:
    """Exceptions that hold (defect -> who and why), and findings about those that do not."""

    texts: dict[str, str]
    findings: list[dict[str, Any]]


def apply_exceptions(frame: pd.DataFrame, exceptions: pd.DataFrame | None, *, as_of: dt.date | None) -> pd.DataFrame:
    """Return defects with the exceptions that hold: kept, who keeps each and why, never settled by themselves.

    Parameters
    ----------
    frame : pandas.DataFrame
        Defects, indexed by their id.
    exceptions : pandas.DataFrame, optional
        ``EXCEPTION_COLUMNS``; ``until`` a date (``YYYY-MM-DD``), the last day on which it holds, ``""`` for no end.
    as_of : datetime.date, optional
        The day of the data; without it no exception ends.
    """
    texts = weigh(frame, exceptions, as_of=as_of).texts
    held = frame.index.isin(list(texts))
    frame["exception"] = [texts.get(name, "") for name in frame.index]
    frame.loc[held, "action"] = KEEP
    frame.loc[held, "auto_ok"] = False
    return frame


def weigh(frame: pd.DataFrame, exceptions: pd.DataFrame | None, *, as_of: dt.date | None) -> Kept:
    """Return which exceptions hold, which have ended (T601), and which concern no defect (T602)."""
    if exceptions is None or not len(exceptions):
        return Kept({}, [])
    texts: dict[str, str] = {}
    found: list[dict[str, Any]] = []
    given = exceptions.reset_index() if exceptions.index.name == "defect_id" else exceptions
    given = given.reindex(columns=[*EXCEPTION_COLUMNS, "ref"], fill_value="").fillna("").astype(str)
    for name, reason, role, until, ref in given.sort_values(list(EXCEPTION_COLUMNS)).itertuples(index=False):
        refs = [ref] if ref else []
        day = until[:10]
        if name not in frame.index:
            found.append(CATALOGUE["T602"].found(name, refs=refs, ident=name))
        elif day and as_of is not None and day < as_of.isoformat():
            found.append(CATALOGUE["T601"].found(name, refs=refs, ident=name, date=day))
        else:
            texts[name] = f"{role}: {reason}".strip(": ") + (f" ({day})" if day else "")
    return Kept(texts, found)
