"""A105: the same branch under two names, the same compound in two rows of the registry."""

from __future__ import annotations

import functools
import re
import unicodedata
from collections import defaultdict
from typing import TYPE_CHECKING, Final

import pandas as pd

from gridkit.audit.tricks.trick import Trick

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from gridkit.audit.tricks.counted import Counted

_FIGURES: Final = ("branch_kind", "org_level", "formal_members", "founded_on", "term_end")
_MARKS: Final = (
    re.compile(r"[0-9]+|[一二三四五六七八九十]"),
    re.compile(r"[a-z]+|[甲乙丙丁戊]"),
    re.compile(r"[东西南北中前后上下左右内外]|[新老旧](?=[区院楼村片])"),
)
"""What numbers the parts of one compound: numerals, letters, directions."""
_PARTY: Final = re.compile(r"中国共产党|中共")
_RETIRED: Final = re.compile(r"离退休|离休|老干部|退休")
_MEMBERS: Final = re.compile(
    r"(退休|在职|流动|青年|老年|学生|教师|教职工|教工|妇女|巾帼|退役军人|志愿者?|业委会|业主委员会|物业|机关|企业|商户)"
    r"(?:党员|人员|干部|职工|教职工|教师|服务|公司|企业|功能型|联合|临时)*(?:第?[0-9一二三四五六七八九十]+)?(?=党|总支|支部)"
)
"""Words right before “Party branch” that say whose branch it is."""


def twice(counted: Counted) -> Iterator[Trick]:
    """Return the tricks A105.

    Branches: rows that C215 or L120 tell as repeated, and two names for the same compounds with the same kind, formal
    members, founding date and term (but not where the names tell two branches apart, see :func:`_apart`). Compounds: a
    second row for one compound (L105, or two rows linked to it), where at least one of the two claims coverage. Of each
    group the first row stays in the figure and the others are taken away.
    """
    seen: set[str] = set()
    for first, record in _branches(counted):
        if record in seen:
            continue
        seen.add(record)
        params = {"branch": counted.branch(record), "other_name": counted.branch(first)}
        same = {"variant": "same"} if params["branch"] == params["other_name"] else {}
        where = tuple((r, field) for r in (first, record) for field in ("name", "covers"))
        yield Trick("A105", record, (record,), params | same, where, compounds=counted.carried.get(record, ()))
    yield from _compounds(counted)


def _branches(counted: Counted) -> Iterator[tuple[str, str]]:
    """Yield pairs of a row and a later one that repeats it, both of them counted for one compound at least."""
    by_name = {counted.city.cell(record, "name"): record for record in counted.carried}
    order = {record: at for at, record in enumerate(sorted(counted.carried, key=_order))}
    for row in counted.found("L120", counted=False):
        records = sorted({by_name[cell] for cell in row["refs"] if cell in by_name}, key=order.__getitem__)
        for record in records[1:]:
            both = set(counted.carried[records[0]]) & set(counted.carried[record])
            if both and not _apart(counted.branch(records[0]), counted.branch(record)):
                yield records[0], record
    groups: dict[tuple[str, ...], list[str]] = defaultdict(list)
    for record in sorted(counted.carried, key=order.__getitem__):
        groups[counted.carried[record]].append(record)
    repeated = {str(row["subject"]) for row in counted.found("C215")}
    rows = counted.branches
    for records in groups.values():
        if len(records) > 1:
            yield from _alike([record for record in records if record in rows.index], rows, repeated)
    for one, other in _waiting(counted):
        first, second = sorted((one, other), key=_order)
        yield first, second


def _waiting(counted: Counted) -> Iterator[tuple[str, str]]:
    """Yield counted branches and those with the same figures whose list waits and may mean the same compounds.

    The figures must be whole, both dates among them, and the candidates of the waiting names hold all compounds.
    """
    rest, rows = counted.unsettled("covers"), counted.branches
    perhaps = rest[rest["code"] != ""].groupby("record")["code"].agg(set)
    heads: dict[tuple[object, ...], list[str]] = defaultdict(list)
    status = rows["branch_status"].to_dict()
    figures = {
        str(record): row
        for record, *row in rows[list(_FIGURES)].itertuples(name=None)
        if not pd.isna(row[2]) and row[3] and row[4]
    }
    for record in counted.carried:
        if record in figures:
            heads[tuple(figures[record])].append(record)
    for record, codes in perhaps.items():
        known = heads.get(tuple(figures.get(str(record), ())), []) if record not in counted.carried else []
        mine = counted.branch(str(record))
        for head in known:
            active = status[record] == status[head]
            if active and codes.issuperset(counted.carried[head]) and not _apart(counted.branch(head), mine):
                yield head, str(record)
                break


def _alike(records: list[str], rows: pd.DataFrame, repeated: set[str]) -> Iterator[tuple[str, str]]:
    """Yield repeated rows among branches of the same compounds."""
    first: dict[tuple[object, ...], list[tuple[str, str]]] = defaultdict(list)
    for record in records:
        row = rows.loc[record]
        figures = tuple(row[name] for name in _FIGURES)
        whole = not pd.isna(row["formal_members"]) and bool(row["founded_on"] or row["term_end"])
        mine = str(row["name"])
        known = first[figures if whole else (record,)]
        head = next((one for theirs, one in known if not _apart(theirs, mine)), "")
        known.append((mine, record))
        if head:
            yield head, record
        elif record in repeated and record != records[0]:
            yield records[0], record


def _apart(one: str, other: str) -> bool:
    """Whether two names tell two branches apart.

    They do where they speak of other members (of the retired, of those in service), and where both have numerals,
    letters or directions and not the same ones. One alone says nothing: 翠湖苑二期党支部 may well be 翠湖里党支部.

    >>> _apart("金桂A区党支部", "金桂B区党支部"), _apart("金桂离退休党支部", "金桂党支部")
    (True, True)
    >>> _apart("金桂东区党支部", "金桂里支部")
    False
    """
    (marks, members), (others, their_members) = _telling(one), _telling(other)
    if members != their_members:
        return True
    both = [(mine, theirs) for mine, theirs in zip(marks, others, strict=True) if mine and theirs]
    return any(mine != theirs for mine, theirs in both) if both else any(marks) and any(others)


@functools.cache
def _telling(name: str) -> tuple[tuple[tuple[str, ...], ...], frozenset[str]]:
    """Return the marks of ``name`` by sort, and the words for its members."""
    text = _RETIRED.sub("退休", _PARTY.sub("", unicodedata.normalize("NFKC", name).casefold()))
    return tuple(tuple(marks.findall(text)) for marks in _MARKS), frozenset(_MEMBERS.findall(text))


def _order(record: str) -> tuple[str, int, str]:
    head, _, row = record.rpartition("!")
    return head, int(row) if row.isascii() and row.isdigit() else -1, row


def _compounds(counted: Counted) -> Iterator[Trick]:
    rows = counted.city.rows("compounds")
    claims = counted.claims() | (not counted.given("compounds", "coverage_claimed"))
    told: dict[str, str] = {
        str(row["subject"]): str(row["params"]["code"])
        for row in counted.found("L105", counted=False)
        if row["subject"] in rows.index
    }
    meant = _meant(counted)
    told = {record: code for record, code in told.items() if meant.get(record, code) == code}
    listing, certain = counted.listing, _certain(counted)
    kept: dict[str, str] = {}
    for record, code in sorted(zip(listing["record"], listing["code"], strict=True), key=lambda pair: _order(pair[0])):
        if code in kept:
            told[record] = code
        else:
            kept[code] = record
    for record, code in sorted(told.items()):
        first = kept.get(code, "")
        if not certain.issuperset({record, first} - {""}):
            continue
        if bool(claims[record]) and (not first or bool(claims.get(first, False))):
            params = {"name": counted.name(code), "variant": "compound"}
            where = tuple((r, "name") for r in (first, record) if r)
            yield Trick("A105", code, (record,), params, where, compounds=(code,))


def _certain(counted: Counted) -> frozenset[str]:
    """Return the rows whose best link can hardly be wrong: name and community, or the code, agree; or a person said so.

    Two rows for one compound are otherwise more often one that is linked wrongly than one that stands twice.
    """
    links = counted.links.frame
    best = links[(links["field"] == "compound") & (links["rank"] == 1)]
    return frozenset(
        str(record)
        for record, method, reason in zip(best["record"], best["method"], best["reason"], strict=True)
        if method == "override" or _agrees(reason)
    )


def _agrees(reason: Mapping[str, object]) -> bool:
    """Whether name and community agree, or a code beside a name that does not say otherwise; also without reasons."""
    by_name = reason.get("parent") == "same" and reason.get("name") in ("same", "decided")
    return not reason or by_name or (reason.get("code") == "same" and reason.get("name") != "different")


def _meant(counted: Counted) -> dict[str, str]:
    """Return, per row of the compound registry, the compound that it fits best; ``""`` where something contradicts it.

    The name of a namesake in another community, or the code of one compound beside the name of another, is a row that
    waits or is wrong, but no second row.
    """
    links = counted.links.frame
    best = links[(links["field"] == "compound") & (links["rank"] == 1)]
    return {
        str(record): "" if reason.get("name") == "different" or reason.get("parent") in ("near", "other") else str(code)
        for record, code, reason in zip(best["record"], best["code"], best["reason"], strict=True)
    }
