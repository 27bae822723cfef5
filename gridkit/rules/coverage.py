"""Rules C1xx, C2xx: coverage of compounds and the party-organisation tree."""

from __future__ import annotations

from gridkit.locale import N_
from gridkit.rules.rule import Rule

_BRANCH_RULES = N_(
    "Regulations on the work of Party branches (trial, 2018), article 4; quoted from secondary sources, to be compared "
    "with the official text before it is quoted on"
)
_JOINT_RULES = N_(
    "Regulations on the work of Party branches (trial, 2018), on joint branches; quoted from secondary sources, to be "
    "compared with the official text before it is quoted on"
)
_COMPOUND = N_(
    "Report of a city on refined grassroots governance (the city masks its name): compounds with 3 or more formal "
    "members that qualify found a branch; those with fewer, or not qualified yet, a joint branch with other compounds"
)
_UNIT = N_(
    "Report of a city on refined grassroots governance (the city masks its name): unit-run compounds found no new "
    "branches in principle; they are covered through the organisation of the unit or of its retired cadres, tied in by "
    "membership in the big committee or a co-building agreement"
)
_TREE = N_(
    "Report of a city on refined grassroots governance (the city masks its name): five tiers from the street through "
    "the community, the branch of the comprehensive grid and the group of the building to the area of each member"
)
_GRID = N_(
    "Report of a city on refined grassroots governance (the city masks its name): a branch in every grid; press report "
    "on Qianxinan (2023): 194 grid branches and 1,165 groups"
)
_EXCLUSIVE = N_(
    "Press report on Qianxinan (2023): 173 Party groups of exclusive grids in business districts and markets"
)
_CITY_GRID = N_(
    "Report of a city on refined grassroots governance (the city masks its name): 14 joint groups, each takes one grid"
)
_LISTS = N_(
    "Common practice of statistics: the denominator is every compound of the layer, not the list of covered ones"
)
_VALID = N_(
    "Definition of this tool, after the Regulations on the work of Party branches (trial): a branch that covers must "
    "be in term, active, large enough and listed once"
)
_UNREAD = N_("Definition of this tool: what cannot be read is unknown, not uncovered")
_TERM = N_(
    "Regulations on the work of Party branches (trial, 2018): village and community committees 5 years, others "
    "generally 3; quoted from secondary sources, to be compared with the official text before it is quoted on"
)
_ONE_BRANCH = N_(
    "Constitution of the Communist Party of China, article 8: a member belongs to one branch or group; to be compared "
    "with the official text before it is quoted on"
)

_ASK = N_("check with the reporting office")

_VARIANTS = {
    "C102": {
        "compound": N_(
            "{branch} covers {name} alone and states no formal members; {name} has {members}, and {least} are needed"
        )
    },
    "C103": {"one": N_("{branch} is a joint branch, but lists one compound only")},
    "C113": {
        "all": N_("{branch} covers all of a community that is not known"),
        "column": N_("{count} branches cover compounds by their kind, but the registry has no column that lists them"),
    },
    "C114": {
        "struck": N_(
            "{branch} stands in a struck-out row, which is held; {n} compound(s) that nothing else covers depend on it"
        ),
        "sheet": N_(
            "{branch} stands on a hidden sheet, which is held; {n} compound(s) that nothing else covers depend on it"
        ),
    },
    "C215": {
        "disputed": N_(
            "{branch} is listed more than once (same code, or same name in the same community), and the rows "
            "contradict each other: whether it is valid cannot be said"
        )
    },
    "C109": {
        "claimed": N_(
            "{name} states {branch} as its form of organisation, but neither big-committee membership nor an agreement "
            "is recorded: not accepted"
        )
    },
}
"""Other sentences of some rules, by the ``variant`` of the finding."""


def _rule(code: str, name: str, severity: str, source: str, *texts: str) -> Rule:
    title, sentence, remedy = texts
    return Rule(code, name, severity, title, sentence, source, remedy, variants=_VARIANTS.get(code, {}))


_COVERAGE: tuple[Rule, ...] = (
    _rule(
        "C101",
        "own-branch-due",
        "warning",
        _COMPOUND,
        N_("Should have its own branch"),
        N_("{name} has {members} formal members and is eligible, yet its status is: {status:status}"),
        N_("found a branch, or correct the members or the eligibility"),
    ),
    _rule(
        "C102",
        "own-branch-too-small",
        "error",
        _BRANCH_RULES,
        N_("Own branch with too few formal members"),
        N_("{branch} covers {name} alone with {members} formal members; {least} are needed"),
        N_("join it with neighbours, or correct the number"),
    ),
    _rule(
        "C103",
        "joint-with-one",
        "error",
        _COMPOUND,
        N_("Joint branch of one compound"),
        N_("{branch} is a joint branch, but of the {named} places that it lists only {reachable} can be found"),
        N_("name its other compounds, or call it a compound branch"),
    ),
    _rule(
        "C104",
        "joint-too-many",
        "warning",
        _JOINT_RULES,
        N_("Joint branch over many compounds"),
        N_("{branch} joins {named} places; generally no more than {most}"),
        N_("split it, or note why it is larger"),
    ),
    _rule(
        "C105",
        "joint-far-apart",
        "warning",
        _JOINT_RULES,
        N_("Joint branch over distant compounds"),
        N_("{branch} joins compounds {span_km} km apart in {communities} communities"),
        N_("join neighbours instead, or check the links"),
    ),
    _rule(
        "C106",
        "branch-too-large",
        "warning",
        _BRANCH_RULES,
        N_("Branch with many members"),
        N_("{branch} has {members} members; generally no more than {most}"),
        N_("divide it, or correct its level"),
    ),
    _rule(
        "C107",
        "joint-too-small",
        "error",
        _JOINT_RULES,
        N_("Joint branch with too few formal members"),
        N_("the compounds of {branch} have {members} formal members together; {least} are needed"),
        N_("add a neighbour, or correct the numbers"),
    ),
    _rule(
        "C108",
        "unit-compound-own-branch",
        "notice",
        _UNIT,
        N_("New branch in a unit-run compound"),
        N_("{branch} was founded in the unit-run compound {name} ({founded_on})"),
        N_("cover it through the unit's organisation, or correct the type of the compound"),
    ),
    _rule(
        "C109",
        "unit-compound-without-evidence",
        "warning",
        _UNIT,
        N_("Unit-run compound without evidence"),
        N_(
            "{branch} is recorded as covering {name}, but neither big-committee membership nor an agreement: not "
            "accepted"
        ),
        N_("record the membership or the date of the agreement"),
    ),
    _rule(
        "C110",
        "members-counted-twice",
        "warning",
        _ONE_BRANCH,
        N_("Members counted in two branches"),
        N_("the branches of {community} have {members} formal members, but only {total} are known there"),
        N_("look for reported members counted as transferred ones"),
    ),
    _rule(
        "C111",
        "in-one-list-only",
        "warning",
        _LISTS,
        N_("Layer and registries differ"),
        N_("{name} stands in {there} but not in {here}"),
        N_("correct the name, add the boundary, or complete the registry"),
    ),
    _rule(
        "C112",
        "hundred-percent-of-less",
        "error",
        _LISTS,
        N_("Full coverage of a list that leaves compounds out"),
        N_(
            "all {rows} registry rows of {community} claim coverage, but {missing} of {compounds} compounds are missing"
        ),
        N_("complete the registry before a rate is published"),
    ),
    _rule(
        "C113",
        "names-no-compound",
        "warning",
        _UNREAD,
        N_("Branch of a kind that covers compounds names none"),
        N_("{branch} covers compounds by its kind, but its list of them is empty or cannot be read"),
        N_("enter the compounds; until then all that it may mean are unknown, not uncovered"),
    ),
    _rule(
        "C114",
        "held-row-would-cover",
        "warning",
        _UNREAD,
        N_("Hidden or struck-out row that may cover compounds"),
        N_("{branch} stands in a hidden row, which is held; {n} compound(s) that nothing else covers depend on it"),
        N_('look at the row, then write hidden = "keep" or hidden = "exclude" for its registry'),
    ),
)

_ORGANISATION: tuple[Rule, ...] = (
    _rule(
        "C201",
        "orphan",
        "warning",
        _TREE,
        N_("Superior organisation not found"),
        N_("{branch} names {parent} as its superior, which is not in the registry"),
        N_("correct the name or code, or add the superior"),
    ),
    _rule(
        "C202",
        "cycle",
        "error",
        _TREE,
        N_("Organisations that are their own superiors"),
        N_("{branch} is its own superior through {count} organisations"),
        N_("correct the superior of one of them"),
    ),
    _rule(
        "C203",
        "missing-tier",
        "warning",
        _TREE,
        N_("Community without an organisation"),
        N_("no community organisation is recorded for {community}"),
        N_("add it to the registry"),
    ),
    _rule(
        "C204",
        "level-skipped",
        "notice",
        _TREE,
        N_("A level is skipped or reversed"),
        N_("{branch} ({kind:branch_kind}) stands directly under {parent} ({parent_kind:branch_kind})"),
        N_("place it under its community organisation or branch"),
    ),
    _rule(
        "C205",
        "two-roots",
        "warning",
        _TREE,
        N_("Two organisations lead one community or street"),
        N_("{place} has {count} leading organisations, among them {branch}"),
        _ASK,
    ),
    _rule(
        "C206",
        "detached",
        "notice",
        _TREE,
        N_("No superior named"),
        N_("{branch} names no superior organisation"),
        N_("name its superior"),
    ),
    _rule(
        "C207",
        "grid-without-branch",
        "warning",
        _GRID,
        N_("Grid without branch or group"),
        N_("no branch and no group is recorded for {name:place}"),
        _ASK,
    ),
    _rule(
        "C208",
        "branch-without-grid",
        "warning",
        _GRID,
        N_("Grid branch without a grid"),
        N_("{branch} is a grid branch, but none of the places it names is a grid of the layer"),
        N_("name its grid by code"),
    ),
    _rule(
        "C209",
        "two-branches-one-grid",
        "warning",
        _GRID,
        N_("Two branches on one grid"),
        N_("{name:place} has {count} grid branches, among them {branch}"),
        _ASK,
    ),
    _rule(
        "C210",
        "branch-over-grids",
        "notice",
        _GRID,
        N_("One branch over several grids"),
        N_("{branch} serves {count} grids"),
        N_("count it once when grids with a branch are counted"),
    ),
    _rule(
        "C211",
        "exclusive-grid-without-group",
        "warning",
        _EXCLUSIVE,
        N_("Exclusive grid without a group"),
        N_("no party group is recorded for {name:place}"),
        _ASK,
    ),
    _rule(
        "C212",
        "group-not-one-grid",
        "warning",
        _CITY_GRID,
        N_("Group that does not take exactly one grid"),
        N_("{branch} takes {count} grids instead of one"),
        N_("give each group one grid"),
    ),
    _rule(
        "C213",
        "two-groups-one-grid",
        "warning",
        _CITY_GRID,
        N_("Two groups on one grid"),
        N_("{name:place} is taken by {count} groups, among them {branch}"),
        N_("give each group its own grid"),
    ),
    _rule(
        "C214",
        "compound-branch-names-several",
        "notice",
        _COMPOUND,
        N_("Compound branch that names several compounds"),
        N_("{branch} is recorded as a compound branch but names {named} places; it is treated as a joint branch"),
        N_("record it as a joint branch"),
    ),
    _rule(
        "C215",
        "duplicate-branch",
        "warning",
        _VALID,
        N_("Branch listed twice"),
        N_("{branch} repeats an earlier row (same code, or same name in the same community)"),
        N_("remove one of the rows"),
    ),
    _rule(
        "C216",
        "dissolved-still-covers",
        "notice",
        _VALID,
        N_("Dissolved branch that still names compounds"),
        N_("{branch} is dissolved and covers nothing, but still names {count} compounds"),
        N_("clear its list, or correct its status"),
    ),
    _rule(
        "C217",
        "term-over",
        "warning",
        _TERM,
        N_("Term is over"),
        N_("the term of {branch} ended on {term_end}"),
        N_("hold the election, or enter the new term"),
    ),
    _rule(
        "C218",
        "term-too-long",
        "notice",
        _TERM,
        N_("Term ends too far away"),
        N_("the term of {branch} ends on {term_end}, more than {years} years after the date of the data"),
        N_("correct the date"),
    ),
)

RULES: tuple[Rule, ...] = (*_COVERAGE, *_ORGANISATION)
"""C101-C114 ask whether coverage fits its rules and lists, C2xx about the tree of organisations, branches and grids."""
