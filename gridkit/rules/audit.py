"""Rules A2xx: arithmetic of the registries."""

from __future__ import annotations

from gridkit.locale import N_
from gridkit.rules.rule import Rule

_ARITHMETIC = N_("Arithmetic: a part is never more than its whole")

RULES: tuple[Rule, ...] = (
    Rule(
        "A201", "ledger-not-monotone", "warning",
        title=N_("More resolved than promised"),
        sentence=N_(
            "{community}: {raised} raised, {promised} promised, {resolved} resolved, {stray} of them unpromised"
        ),
        source=N_("A ledger runs from raised to promised to resolved; the numbers do not grow on the way"),
        remedy=N_("enter the date of the promise, or count such items apart"),
    ),
    Rule(
        "A202", "party-exceeds-committee", "error",
        title=N_("More party members than members in an owners' committee"),
        sentence=N_("{part} party members in a committee of {whole}"),
        source=_ARITHMETIC,
        remedy=N_("correct the row; it is excluded from the party share"),
    ),
    Rule(
        "A203", "committee-size", "warning",
        title=N_("Owners' committee not of 5 to 11 members and odd"),
        sentence=N_("the committee has {members} members"),
        source=N_(
            "Guiding rules on owners' assemblies and committees, article 31: 5 to 11 members, an odd number; quoted "
            "from secondary sources, to be compared with the official text before it is quoted on"
        ),
        remedy=N_("check the number of members"),
    ),
    Rule(
        "A204", "company-outcome-contradicts", "warning",
        title=N_("Property company: the outcome contradicts its own numbers"),
        sentence=N_("stated as: {form:party_form}; formal members: {formal:count}; eligible: {eligible:eligible}"),
        source=N_(
            "Two founded, one sent (Shiyan Daily, July 2021, on the Shiyan development zone): own branch from 3 formal "
            "members, else joint branch or instructor"
        ),
        remedy=N_("check the members and the form of organisation"),
    ),
    Rule(
        "A205", "company-without-outcome", "notice",
        title=N_("Property company without own branch, joint branch or instructor"),
        sentence=N_("no organisation and no instructor; members: {members:count}"),
        source=N_(
            "Two founded, one sent (Shiyan Daily, July 2021, on the Shiyan development zone): a company without "
            "members is cultivated first"
        ),
        remedy=N_("send an instructor or found a branch"),
    ),
    Rule(
        "A206", "formal-exceeds-members", "error",
        title=N_("More formal members than members"),
        sentence=N_("{part} formal members of {whole} members"),
        source=_ARITHMETIC,
        remedy=N_("correct the row"),
    ),
    Rule(
        "A207", "part-exceeds-whole", "error",
        title=N_("A part is more than its whole"),
        sentence=N_("{field:field}: {part}, but {of:field}: {whole}"),
        source=_ARITHMETIC,
        remedy=N_("correct the row"),
    ),
    Rule(
        "A208", "dates-out-of-order", "warning",
        title=N_("Dates out of order"),
        sentence=N_("{field:field} {late} lies before {of:field} {early}"),
        source=N_("Nothing ends, is promised or resolved before it begins"),
        remedy=N_("correct the dates"),
    ),
    Rule(
        "A209", "date-in-the-future", "warning",
        title=N_("Date after the date of the data"),
        sentence=N_("{field:field} is {date}, after {as_of}"),
        source=N_("What is reported as done cannot lie after the date of the data"),
        remedy=N_("correct the date, or the as_of of the project"),
    ),
    Rule(
        "A210", "share-not-reachable", "warning",
        title=N_("No committees can have the stated party share"),
        sentence=N_("{figure} is stated; {committees} committees of 5, 7, 9 or 11 members cannot have it"),
        source=N_("A share must be a whole number over a whole number; 5 to 11 members, an odd number"),
        remedy=N_("ask for the numbers behind the share"),
    ),
    Rule(
        "A211", "claim-not-traceable", "warning",
        title=N_("A claim names an indicator, a place or a basis that is not there"),
        sentence=N_("“{mention}” is no indicator; the nearest are {near}"),
        source=N_("A claim that names nothing measured would stay undetermined without anybody noticing"),
        remedy=N_("correct the claim in the project file"),
        variants={
            "scope": N_("{indicator} is not measured for “{mention}”; the nearest are {near}"),
            "basis": N_("{indicator} is not measured by “{mention}”, but by {near}"),
            "definition": N_("“{mention}” is no definition that can be measured here; the nearest are {near}"),
        },
    ),
    Rule(
        "A212", "claims-contradict", "warning",
        title=N_("Two claims contradict each other"),
        sentence=N_("claim {own} cannot be true together with claim {number}, “{other_claim}”"),
        source=N_("One thing has one figure: about the same indicator, place, definition and day no two can be true"),
        remedy=N_("ask which of the two is meant; both are judged"),
    ),
    Rule(
        "A213", "rule-set-broken", "error",
        title=N_("The rule set has a mistake and was not used"),
        sentence=N_("{key}: {mistake}"),
        source=N_("A rule set is used as a whole or not at all: a rule left out changes what counts as covered"),
        remedy=N_("correct the rule set; until then claims about coverage are undetermined"),
    ),
    Rule(
        "A214", "claim-unreadable", "error",
        title=N_("A claim cannot be read"),
        sentence=N_("claim {own}: {mistake}"),
        source=N_("A claim that is not understood is neither upheld nor refuted"),
        remedy=N_("correct the entry in the project file; the others are judged"),
    ),
    Rule(
        "A215", "claim-not-measured", "warning",
        title=N_("Nothing that is loaded measures a claim"),
        sentence=N_("“{mention}” is not measured: its layer or registry is not loaded"),
        source=N_("A claim that nothing measures would stay undetermined without anybody noticing"),
        remedy=N_("add the layer or registry to the project file, or strike the claim"),
        variants={
            "ambiguous_scope": N_("several places are named “{mention}”"),
            "no_denominator": N_("“{mention}” has nothing to count: the denominator is zero"),
        },
    ),
    Rule(
        "A216", "claim-redacted", "notice",
        title=N_("The figure of a claim is masked"),
        sentence=N_("the claim states no figure that could be compared"),
        source=N_("A masked figure is no figure; it is neither zero nor true"),
        remedy=N_("ask for the figure"),
    ),
    Rule(
        "A217", "claim-of-another-day", "warning",
        title=N_("A claim speaks of another day than the data"),
        sentence=N_("the claim speaks of {as_of}, the data of {of_data}"),
        source=N_("Data of one day neither prove nor disprove what is said of another"),
        remedy=N_("get the data of that day, or correct the as_of of the claim or of the project"),
    ),
)  # fmt: skip
