"""A run as named tables with headings in the reader's language; the workbook and the page only lay them out."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING, Any

import pandas as pd

from gridkit.audit.format import NO_RATE
from gridkit.locale import gettext as _
from gridkit.model.fields import LEVELS
from gridkit.model.findings import SEVERITIES
from gridkit.reports import words
from gridkit.reports.values import texts, whole
from gridkit.rules.labels import ANSWERS, label

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Mapping, Sequence

    from gridkit.model import Run
    from gridkit.reports.check import Checked

SHOWN = 12
"""How many references one cell lists; the rest is counted."""


@dataclass(frozen=True)
class Column:
    """One column: key in the frame, heading, width in Latin characters, whether its values are numbers.

    ``page`` says whether the page shows it too; the workbook shows all.
    """

    key: str
    heading: str
    width: int = 14
    number: bool = False
    page: bool = True


@dataclass(frozen=True)
class Table:
    """One named table.

    ``frame`` has exactly the keys of ``columns``; text columns hold ``str``, number columns ``int``, ``float`` (a
    :class:`~gridkit.reports.values.Share` is shown in percent) or None.
    """

    key: str
    title: str
    columns: tuple[Column, ...]
    frame: pd.DataFrame
    note: str = ""

    def __post_init__(self) -> None:
        if [column.key for column in self.columns] != list(self.frame.columns):
            raise ValueError(f"table {self.key}: {list(self.frame.columns)}")

    def __len__(self) -> int:
        return len(self.frame)

    def shown(self, most: int | None = None) -> list[list[Any]]:
        """Return the first rows as the page shows them, in the order of :meth:`heads`."""
        return self.frame.head(most or len(self))[[column.key for column in self.heads()]].to_numpy(object).tolist()

    def heads(self) -> list[Column]:
        """Return the columns that the page shows."""
        return [column for column in self.columns if column.page]


def listed(items: Collection[object], shown: int = SHOWN, say: Callable[[Any], str] = str) -> str:
    """Return items as ``say`` puts them, joined by ``; ``, the first ones written out and the rest counted.

    >>> listed(["a", "b", "c"], 2)
    'a; b; … and 1 more'
    """
    if len(items) < 2:  # most cells of a large table
        return "".join(map(say, items))
    texts = [say(item) for item in islice(items, shown)]
    if len(items) > shown:
        texts.append(_("… and {n} more").format(n=len(items) - shown))
    return _("; ").join(texts)


def each(make: Callable[..., str], *columns: Iterable[Any]) -> list[str]:
    """Return ``make`` of each row of some columns, worked out once for equal rows."""
    rows = list(zip(*(of.tolist() if isinstance(of, pd.Series) else of for of in columns), strict=True))
    said = {row: make(*row) for row in dict.fromkeys(rows)}
    return [said[row] for row in rows]


def labels_of(labels: Mapping[str, str], keys: Iterable[object]) -> list[str]:
    """Return the label of each of ``keys``, the key itself where there is none."""
    return each(lambda key: words.labelled(labels, key), keys)


def table(key: str, title: str, columns: Sequence[Column], data: Mapping[str, object], *, note: str = "") -> Table:
    """Return a table of ``data``, column key -> values."""
    frame = pd.DataFrame({column.key: pd.Series(data[column.key], dtype="object") for column in columns})
    return Table(key, title, tuple(columns), frame, note)


def _about(subject: str) -> str:
    """Return what a finding is about; the field of a comparison in words.

    >>> _about("homes!households"), _about("a.xlsx!3")
    ('homes: number of households', 'a.xlsx!3')
    """
    name, _mark, field = subject.rpartition("!")
    if not name or label(field, "field") == field:
        return subject
    return _("{key}: {text}").format(key=name, text=label(field, "field"))


def findings(run: Run) -> Table:
    """Return every finding with its sentence and the cells to look at, errors first."""
    frame = run.findings.frame
    rank = frame["severity"].map({name: at for at, name in enumerate(SEVERITIES)})
    frame = frame.assign(rank=rank).sort_values(["rank", "code"], kind="stable")
    columns = [
        Column("code", _("rule"), 8),
        Column("severity", _("severity"), 9),
        Column("title", _("finding"), 32),
        Column("subject", _("about"), 24),
        Column("sentence", _("what was found"), 64),
        Column("refs", _("cells"), 48),
    ]
    data: dict[str, object] = {
        "code": texts(frame["code"]),
        "severity": each(words.severity, frame["severity"]),
        "title": each(words.rule_title, frame["code"]),
        "subject": each(_about, texts(frame["subject"])),
        "sentence": [words.finding_sentence(c, p) for c, p in zip(frame["code"], frame["params"], strict=True)],
        "refs": [listed(refs) for refs in frame["refs"]],
    }
    return table("findings", _("Findings"), columns, data)


def finding_counts(run: Run) -> Table:
    """Return the number of findings per rule, errors first, with what to do and where the rule comes from."""
    frame = run.findings.frame
    severity = frame.drop_duplicates("code").set_index("code")["severity"].to_dict()
    counts = run.findings.counts()
    codes = sorted(counts, key=lambda code: (SEVERITIES.index(severity[code]), code))
    columns = (
        Column("code", _("rule"), 8),
        Column("severity", _("severity"), 9),
        Column("title", _("finding"), 36),
        Column("count", _("number"), 9, number=True),
        Column("remedy", _("what to do"), 56),
        Column("source", _("source of the rule"), 56),
    )
    data = {
        "code": codes,
        "severity": [words.severity(severity[code]) for code in codes],
        "title": [words.rule_title(code) for code in codes],
        "count": [counts[code] for code in codes],
        "remedy": [words.rule_remedy(code) for code in codes],
        "source": [words.rule_source(code) for code in codes],
    }
    return table("finding_counts", _("Findings by rule"), columns, data)


def set_aside(run: Checked) -> Table:
    """Return every row that was read but not used, with its reason."""
    frame = run.city.set_aside.sort_values(["src", "row", "reason"], kind="stable")
    columns = [
        Column("src", _("source"), 36),
        Column("row", _("row"), 8, number=True),
        Column("reason", _("rule"), 10),
        Column("title", _("reason"), 40),
        Column("subject", _("about"), 32),
    ]
    data: dict[str, object] = {
        "src": texts(frame["src"]),
        "row": whole(frame["row"]),
        "reason": texts(frame["reason"]),
        "title": each(words.rule_title, map(str, frame["reason"])),
        "subject": texts(frame["subject"]),
    }
    note = _("Rows in = rows kept + rows set aside, for every source.")
    return table("set_aside", _("Rows set aside"), columns, data, note=note)


def sources(run: Run) -> Table:
    """Return every table or layer that was read, with its hash and its row balance."""
    rows = sorted(run.city.sources, key=lambda source: (source.kind, source.name))
    columns = [
        Column("kind", _("content"), 18),
        Column("path", _("file"), 36),
        Column("sheet", _("sheet or layer"), 16),
        Column("rows_in", _("rows in"), 9, number=True),
        Column("kept", _("kept"), 9, number=True),
        Column("set_aside", _("set aside"), 9, number=True),
        Column("complete", _("declared complete"), 10),
        Column("scope", _("complete for"), 14),
        Column("encoding", _("encoding"), 12),
        Column("crs_stated", _("coordinate system stated"), 16),
        Column("crs_used", _("coordinate system used"), 16),
        Column("sha256", _("SHA-256"), 66),
    ]
    data: dict[str, object] = {
        key: [getattr(source, key) for source in rows] for key in (column.key for column in columns)
    }
    data["kind"] = [words.table_label(source.kind) for source in rows]
    data["complete"] = [
        NO_RATE if source.kind in LEVELS else words.labelled(ANSWERS, "yes" if source.complete else "no")
        for source in rows
    ]
    return table("sources", _("Sources"), columns, data)
