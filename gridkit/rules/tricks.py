"""Rules A101-A114: how a figure is made to look fuller than it is, each with what a reader should look at."""

from __future__ import annotations

from typing import Final

from gridkit.locale import N_
from gridkit.rules.rule import Rule

_BRANCH: Final = N_(
    "Regulations on the work of Party branches (trial, 2018), article 4; quoted from secondary sources, to be compared "
    "with the official text before it is quoted on"
)
_JOINT: Final = N_(
    "Regulations on the work of Party branches (trial, 2018), on joint branches; quoted from secondary sources, to be "
    "compared with the official text before it is quoted on"
)
_TERM: Final = N_(
    "Regulations on the work of Party branches (trial, 2018): village and community committees 5 years, others "
    "generally 3; quoted from secondary sources, to be compared with the official text before it is quoted on"
)
_LISTS: Final = N_(
    "Common practice of statistics: the denominator is every compound of the layer, not the list of covered ones"
)
_ONCE: Final = N_("Common practice of statistics: what is counted is counted once")
_UNIT: Final = N_(
    "Report of a city on refined grassroots governance (the city masks its name): unit-run compounds found no new "
    "branches in principle; they are covered through the organisation of the unit or of its retired cadres, tied in by "
    "membership in the big committee or a co-building agreement"
)
_FORM: Final = N_(
    "Report of a city on refined grassroots governance (the city masks its name): compounds with 3 or more formal "
    "members that qualify found a branch; those with fewer, or not qualified yet, a joint branch with other compounds"
)
_ONE_BRANCH: Final = N_(
    "Constitution of the Communist Party of China, article 8: a member belongs to one branch or group; to be compared "
    "with the official text before it is quoted on"
)
_FUNCTIONAL: Final = N_(
    "Shiyan Daily, July 2021, on the Shiyan development zone: 39 compound branches and 44 functional ones, counted "
    "apart"
)
_PAIRS: Final = N_(
    "Proposal of a consultative conference on units and compounds in Kaili: units pair first where they have premises; "
    "press report on Qianxinan (2023): on demand, relatively balanced, near and convenient"
)
_INSTRUCTOR: Final = N_(
    "Proposal of a consultative conference on units and compounds in Kaili: each paired compound gets an instructor or "
    "a named contact"
)
_COPIES: Final = N_("Definition of this tool: equal rows and round numbers are compared with what chance would leave")


def _rule(code: str, name: str, severity: str, source: str, *texts: str, **variants: str) -> Rule:
    title, sentence, remedy = texts
    return Rule(code, name, severity, title, sentence, source, remedy, variants=variants)


RULES: tuple[Rule, ...] = (
    _rule(
        "A101", "paper-branch", "error", _BRANCH,
        N_("Branch on paper"),
        N_("{branch} has {members} formal members and no secretary, but {n} compound(s) count as covered by it"),
        N_("ask for the members and the last election, or take the branch out of the figure"),
    ),
    _rule(
        "A102", "far-joint-branch", "warning", _JOINT,
        N_("Joint branch that joins what is not near"),
        N_(
            "{branch} covers {n} compounds up to {span_km} km apart in {communities} communities; {limit} km is the "
            "limit"
        ),
        N_("join neighbours instead, or note why the branch reaches so far"),
        near=N_(
            "{branch} covers {n} compounds of {communities} communities, {span_km} km apart: a joint branch joins the "
            "compounds of one community"
        ),
    ),
    _rule(
        "A103", "oversized-joint-branch", "warning", _JOINT,
        N_("Joint branch that covers many at once"),
        N_("{branch} names {named} places, generally no more than {most}; {n} compound(s) count as covered by it"),
        N_("split it, or note why it is larger"),
        hard=N_(
            "{branch} names {named} places, more than {most}, which is no exception any more; {n} compound(s) count "
            "as covered by it"
        ),
    ),
    _rule(
        "A104", "expired-but-counted", "warning", _TERM,
        N_("Term is over, yet it counts"),
        N_("the term of {branch} ended on {date}, but {n} compound(s) count as covered by it"),
        N_("hold the election, enter the new term, or count these compounds apart"),
    ),
    _rule(
        "A105", "counted-twice", "warning", _ONCE,
        N_("Counted twice"),
        N_("{branch} is {other_name} under another name: same compounds, same figures"),
        N_("keep one record"),
        same=N_("{branch} stands in two rows and counts as two branches"),
        compound=N_("{name} stands in two rows of the registry of compounds and counts twice"),
    ),
    _rule(
        "A106", "denominator-shrunk", "error", _LISTS,
        N_("Left out of the denominator"),
        N_("{name} in {community} is not covered, and the registry that claims coverage leaves it out"),
        N_("count every compound of the layer, or state openly what is left out and why"),
        possible=N_(
            "{name} in {community} is not covered and may be left out of the registry; a name that is not linked may "
            "mean it"
        ),
        type=N_(
            "{name} is not covered; the registry calls it {registry_value:compound_type}, the layer "
            "{layer_value:compound_type}: so it drops out of the denominator"
        ),
        merged=N_("“{name}” is one row of the registry, but {count} compounds of the layer"),
    ),
    _rule(
        "A107", "exempt-without-cover", "warning", _UNIT,
        N_("Exempt, but covered by no unit"),
        N_("{name} is unit-run and so taken out of the denominator, but no organisation covers it"),
        N_("name the unit's organisation and the evidence, or count the compound like any other"),
        possible=N_(
            "{name} is unit-run and so taken out of the denominator; no organisation is linked to it, but a name that "
            "is not linked may mean it"
        ),
        word=N_(
            "{name} is unit-run and so taken out of the denominator; {branch} is recorded for it, but neither "
            "big-committee membership nor an agreement"
        ),
    ),
    _rule(
        "A108", "wrong-form", "warning", _FORM,
        N_("Form of organisation against the rule"),
        N_("{branch} counts as a branch of its own with {members} formal members; {least} are needed"),
        N_("join it with neighbours or found a branch, as the number of members asks"),
        compound=N_(
            "{branch} counts as a branch of its own and states no formal members; {name}, which it covers, has "
            "{members}, and {least} are needed"
        ),
        joint=N_("{name} has {members} formal members and is eligible, but counts by a joint branch only"),
    ),
    _rule(
        "A109", "members-in-several-branches", "warning", _ONE_BRANCH,
        N_("Members counted in several branches"),
        N_(
            "the branches of {community} have {members} formal members, {count} more than the {total} that are known "
            "there"
        ),
        N_("look for reported members counted as transferred ones, and count each member in one branch"),
    ),
    _rule(
        "A110", "functional-as-territorial", "warning", _FUNCTIONAL,
        N_("Functional branch counted as a territorial one"),
        N_("{branch} is a functional branch by its name, but is recorded as another kind; {n} compound(s) rest on it"),
        N_("record it as a functional branch and count it apart"),
        claimed=N_("{name} states {text}, but only the functional branch {branch} covers it"),
    ),
    _rule(
        "A111", "pairing-passes-by", "notice", _PAIRS,
        N_("Paired elsewhere than near or at home"),
        N_(
            "{name} is paired with {target}, {span_km} km away (limit {limit} km), while {nearest_name} at {near_km} "
            "km has no pair"
        ),
        N_("pair by premises and nearness first, then look at the rate again"),
        premises=N_("{name} has premises in {place}, but is paired with {target} and not there"),
    ),
    _rule(
        "A112", "copied-numbers", "warning", _COPIES,
        N_("Numbers copied down or made up"),
        N_("{source}: rows {first} to {last} ({rows} rows) have the same {n} numbers: {values}"),
        N_("ask for the records behind these rows"),
        round=N_("{source}: {count} of {n} numbers in “{field:field}” end in 0; about one in ten would by chance"),
    ),
    _rule(
        "A113", "one-instructor-for-many", "warning", _INSTRUCTOR,
        N_("One instructor for many compounds"),
        N_("{name} alone is paired with {n} compounds that nothing else covers; more than {most} is no guidance"),
        N_("ask who goes there and how often; count work coverage without it"),
        company=N_(
            "an instructor was sent to {name}, and all compounds that it serves count by that, {n} of them by nothing "
            "else; more than {most} is no guidance"
        ),
        community=N_(
            "every compound of {community} states an instructor, {n} of them nothing else, but its branches have "
            "{total} formal members"
        ),
    ),
    _rule(
        "A114", "counted-without-a-place", "warning", _LISTS,
        N_("Counted, but on no map"),
        N_("{branch} counts as a branch, but “{name}”, which it names, is not in the layer"),
        N_("correct the name, add the boundary, or take the row out of the figure"),
        compound=N_("“{name}” counts in the registry of compounds ({text}), but is not in the layer"),
        possible=N_("{branch} names “{name}”, which is not in the layer; it may be a compound under another name"),
        possible_compound=N_(
            "“{name}” counts in the registry of compounds ({text}), but is not in the layer; it may be a compound "
            "under another name"
        ),
    ),
)  # fmt: skip
"""The fourteen detectors of the audit; each is an offender only where the declared figure counts it."""
