"""Party organisations of the demo city, from the street work committee down to the groups of grids.

Each builder takes the :class:`Book` of organisations and adds records to it; a record names what it covers by true
codes.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from random import Random
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from gridkit.demo.territory import Record, Territory

_SOURCES = ("社区两委成员", "退休干部", "物业负责人", "居民党员", "机关下派")


@dataclass
class Book:
    """The organisations made so far, and the dice."""

    rng: Random
    rows: list[Record] = field(default_factory=list)
    last: int = 0

    def next_id(self) -> str:
        """Return the next free organisation code."""
        self.last = max(self.last, len(self.rows)) + 1
        return f"DZZ{self.last:06d}"

    def add(self, name: str, kind: str, level: str, **more: Any) -> Record:
        """Append an organisation that is active, in term, and fill what ``more`` does not give."""
        rng = self.rng
        formal = more.pop("formal_members", 5)
        year = rng.randint(2021, 2023)
        row: Record = {
            "id": self.next_id(),
            "name": name,
            "branch_kind": kind,
            "org_level": level,
            "parent": "",
            "street": "",
            "community": "",
            "founded_on": f"{year}-{rng.randint(1, 12):02d}-{rng.randint(1, 28):02d}",
            "term_end": f"{year + rng.choice((3, 5, 5))}-12-31",
            "members": None if formal is None else formal + rng.choice((0, 0, 1, 2)),
            "formal_members": formal,
            "group_count": 0 if formal is None else formal // 8,
            "covers": (),
            "ghosts": (),
            "status": "active",
            "secretary": True,
            "secretary_source": rng.choice(_SOURCES),
            "star_level": rng.choice(("", "", "三星", "四星", "五星")),
            "unit": "",
            "big_committee_member": "",
            "agreement_on": "",
            "duplicate_of": "",
            "double": False,
        }
        row.update(more)
        self.rows.append(row)
        return row


def make_branches(land: Territory, homes: list[Record], units: list[Record], seed: int) -> list[Record]:
    """Return all party organisations of the city."""
    book = Book(Random(f"{seed}/parties"))
    for street in land.streets:
        name = f"中共{street['name']}工作委员会" if street["name"].endswith("街道") else f"中共{street['name']}委员会"
        level = "work_committee" if street["name"].endswith("街道") else "committee"
        street["org"] = book.add(name, "street", level, street=street["code"], formal_members=60)["id"]
    street_org = {street["code"]: street["org"] for street in land.streets}
    homes_of: dict[str, list[Record]] = defaultdict(list)
    grids_of: dict[str, list[Record]] = defaultdict(list)
    for home in homes:
        homes_of[home["community"]].append(home)
    for grid in land.grids:
        grids_of[grid["community"]].append(grid)
    if units:
        _unit_branches(book, homes, units, {c["code"]: c["street"] for c in land.communities})
    for community in land.communities:
        place = {"street": community["street"], "community": community["code"]}
        head = book.add(community["name"], "community", "branch", parent=street_org[community["street"]], **place)
        _grid_branches(book, community, grids_of[community["code"]], homes_of[community["code"]], head)
        _compound_branches(book, community, homes_of[community["code"]], head)
    return book.rows


def finish_heads(branches: list[Record], land: Territory) -> None:
    """Fill totals and level of the community organisations: > 100 members committee, > 50 general branch (domain 2.2).

    Counted are the members of grid, joint and compound branches; those in two branches (rows marked ``double``) once.
    """
    names = {community["code"]: community["name"] for community in land.communities}
    total: dict[str, int] = defaultdict(int)
    formal: dict[str, int] = defaultdict(int)
    for row in branches:
        counts = row["branch_kind"] in {"compound", "joint", "grid"} and row["org_level"] == "branch"
        if row["status"] == "active" and not row["double"] and counts:
            total[row["community"]] += row["members"] or 0
            formal[row["community"]] += row["formal_members"] or 0
    for head in branches:
        if head["branch_kind"] == "community":
            head["members"], head["formal_members"] = total[head["community"]], formal[head["community"]]
            many = head["members"]
            head["org_level"] = "committee" if many > 100 else "general_branch" if many > 50 else "branch"
            word = {"committee": "委员会", "general_branch": "总支部委员会", "branch": "支部委员会"}[head["org_level"]]
            head["name"] = f"中共{names[head['community']]}{word}"


def _grid_branches(book: Book, community: Record, grids: list[Record], homes: list[Record], head: Record) -> None:
    """Give a branch to some grids, a group to the others, and a group to every exclusive grid."""
    place = {"street": community["street"], "community": community["code"]}
    short = community["name"].removesuffix("社区")
    plain = [grid for grid in grids if grid["kind"] == "comprehensive"]
    share = 0.46 if community["klass"] == "urban" else 0.3
    with_branch = [grid for grid in plain if book.rng.random() < share] or plain[:1]
    parent = head["id"]
    for grid in with_branch:
        lone = [h for h in homes if h["grid"] == grid["code"] and h["intent"] not in {"own", "joint", "unit"}]
        formal = max(3 + (book.rng.random() < 0.5), sum(home["formal_members"] for home in lone))
        row = book.add(
            f"{short}{grid['name']}党支部",
            "grid",
            "branch",
            parent=head["id"],
            formal_members=formal,
            covers=(grid["code"],),
            **place,
        )
        parent = row["id"] if grid is with_branch[0] else parent
    for grid in plain:
        if grid not in with_branch:
            name = f"{short}{grid['name']}党小组"
            book.add(
                name, "grid", "group", parent=parent, formal_members=3, covers=(grid["code"],), secretary=False, **place
            )
    for grid in grids:
        if grid["kind"] == "exclusive":
            name = grid["name"] + "党小组"
            book.add(name, "exclusive_grid_group", "group", parent=head["id"], covers=(grid["code"],), **place)


def _compound_branches(book: Book, community: Record, homes: list[Record], head: Record) -> None:
    place = {"street": community["street"], "community": community["code"], "parent": head["id"]}
    for home in homes:
        if home["intent"] == "own":
            _own_branch(book, home, place)
        elif home["intent"] == "planned":
            book.add(
                f"{home['name']}党支部", "compound", "branch", formal_members=None, covers=(home["id"],),
                status="planned",
                founded_on="", term_end="", secretary=False, secretary_source="", star_level="", **place,
            )  # fmt: skip
    for members in joint_groups([home for home in homes if home["intent"] == "joint"]):
        formal = sum(home["formal_members"] for home in members)
        name = f"{members[0]['name']}片区联合党支部"
        book.add(name, "joint", "branch", formal_members=formal, covers=tuple(h["id"] for h in members), **place)
    functional = [home for home in homes if home["intent"] == "functional"]
    if functional:
        name = community["name"].removesuffix("社区") + "在职党员功能型党支部"
        formal = 6 + 4 * len(functional)
        book.add(
            name, "functional", "branch", formal_members=formal, covers=tuple(h["id"] for h in functional), **place
        )


def _own_branch(book: Book, home: Record, place: Record) -> None:
    """Make the compound branch of ``home``; a few are out of term, without a term, or dissolved again."""
    row = book.add(
        f"{home['name']}党支部",
        "compound",
        "branch",
        formal_members=home["formal_members"],
        covers=(home["id"],),
        **place,
    )
    luck = book.rng.random()
    if luck < 0.05:
        row["term_end"] = f"{book.rng.randint(2021, 2023)}-12-31"
    elif luck < 0.065:
        row["term_end"] = ""
    elif luck < 0.08:
        row["status"] = "dissolved"


def joint_groups(homes: list[Record]) -> list[list[Record]]:
    """Group neighbours, two to four each, so that every group has three formal members together.

    Compounds that are left over are meant to have no branch; ``intent`` is changed in place for them.
    """
    waiting = sorted(homes, key=lambda home: (round(home["x"] / 400), home["y"], home["id"]))
    groups = [waiting[at : at + 4] for at in range(0, len(waiting), 4)]
    if len(groups) > 1 and len(groups[-1]) == 1:
        groups[-2].extend(groups.pop())
    if groups and len(groups[-1]) == 1:
        groups.pop()[0]["intent"] = "none"
    for group in groups:
        short = 3 - sum(home["formal_members"] for home in group)
        group[0]["formal_members"] += max(0, short)
        group[0]["members_transferred"] += max(0, short)
        if group[0]["formal_members"] >= 3:
            group[0]["eligible"] = "no"
            group[0]["ineligible_reason"] = group[0]["ineligible_reason"] or "缺少支部书记人选"
    return groups


def _unit_branches(book: Book, homes: list[Record], units: list[Record], street: dict[str, str]) -> None:
    """Organisations of the units under the agencies' work committee, and retired-cadre branches of some."""
    agencies = book.add("中共演示县直属机关工作委员会", "industry", "work_committee", formal_members=20)
    owned: dict[str, list[str]] = defaultdict(list)
    for home in homes:
        owned[home["owner_unit"]].append(home["id"])
    for number, unit in enumerate(units):
        covers = tuple(owned[unit["id"]])
        level = "committee" if unit["members"] > 100 else "general_branch" if unit["members"] > 50 else "branch"
        word = {"committee": "机关党委", "general_branch": "党总支", "branch": "党支部"}[level]
        evidence = unit["evidence"] if covers else "none"
        more: Record = {"parent": agencies["id"], "unit": unit["id"], "community": unit["community"]}
        more["street"] = street[unit["community"]]
        more["big_committee_member"] = "yes" if evidence in {"member", "both"} else "no"
        more["agreement_on"] = "2023-05-18" if evidence in {"agreement", "both"} else ""
        retired = bool(covers) and number % 5 == 2
        row = book.add(
            unit["name"] + word,
            "unit",
            level,
            formal_members=unit["members"] - 1,
            covers=() if retired else covers,
            **more,
        )
        unit["party_org"] = row["name"]
        if retired:
            more["parent"] = row["id"]
            name = unit["name"] + "离退休党支部"
            book.add(name, "retired", "branch", formal_members=9 + number % 7, covers=covers, **more)


def add_property_branches(book_rows: list[Record], companies: list[Record], seed: int) -> None:
    """Append the property industry committee and the branches of the companies with an organisation."""
    book = Book(Random(f"{seed}/property"), book_rows)
    committee = book.add("中共演示县物业行业委员会", "industry", "committee", formal_members=45)
    for company in companies:
        if company["party_form"] == "own":
            name = company["name"].replace("有限公司", "公司") + "党支部"
            book.add(name, "property", "branch", parent=committee["id"], formal_members=company["formal_members"])
    joint = sum(company["formal_members"] for company in companies if company["party_form"] == "joint")
    book.add("演示县物业企业联合党支部", "property", "branch", parent=committee["id"], formal_members=joint)
