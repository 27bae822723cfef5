"""Rules L1xx: joining registry rows to codes."""

from __future__ import annotations

from gridkit.locale import N_
from gridkit.rules.rule import Rule

_ELEVEN = N_(
    "Common practice of keeping registries: what one list names must be found in the other, or the difference explained"
)
_CODES = N_("Common practice with tables: codes are often shifted or stale; a code alone never decides")
_LISTS = N_("Common practice with tables: a cell that declares a number must list as many")
_ONE = N_("Common practice of statistics: one record per compound, and each is counted once")

RULES: tuple[Rule, ...] = (
    Rule(
        "L101",
        "names-nothing-known",
        "warning",
        N_("Mention names nothing known"),
        N_("“{mention}” names nothing in the layers or registries"),
        _ELEVEN,
        N_("correct the name, or add the missing feature, or add an alias"),
    ),
    Rule(
        "L102",
        "waits-for-review",
        "warning",
        N_("Mention waits for a person"),
        N_("“{mention}” may mean {candidate_name:place}: {score} points, by {method:method}"),
        _ELEVEN,
        N_("confirm by completing the code, the name or the community in the registry"),
        variants={
            "equal": N_(
                "“{mention}” may mean each of {n} {level:table} features or records alike: {candidates}; {score} "
                "points each, by {method:method}"
            )
        },
    ),
    Rule(
        "L103",
        "code-contradicts-name",
        "warning",
        N_("Code contradicts the name"),
        N_("“{mention}” was linked to {name} ({code}) by its name, but the code {written} belongs to {other_name}"),
        _CODES,
        N_("correct the code"),
    ),
    Rule(
        "L104",
        "list-count-differs",
        "warning",
        N_("List names fewer or more than it declares"),
        N_("the cell declares {declared} but lists {listed}"),
        _LISTS,
        N_("list every name"),
    ),
    Rule(
        "L105",
        "two-records-one-compound",
        "warning",
        N_("Two records for one compound"),
        N_("“{mention}” would be a second record for {name} ({code}); the record in {kept} was kept"),
        _ONE,
        N_("remove or correct one of the two records"),
    ),
    Rule(
        "L106",
        "same-name-in-community",
        "warning",
        N_("Two compounds of one community have the same name"),
        N_("{count} compounds of {community_name} are called {name}: a mention of the name cannot be decided"),
        _ONE,
        N_("tell them apart by phase or address, or merge them"),
    ),
    Rule(
        "L107",
        "layer-and-registry-differ",
        "notice",
        N_("Layer and registry give different values"),
        N_(
            "{field:field} of {name}: {registry_value:{column}} in the registry, {layer_value:{column}} in the layer; "
            "the registry is used"
        ),
        N_("Common practice: the tables of two departments are reconciled, never averaged"),
        N_("find out which is right and correct the other"),
    ),
    Rule(
        "L108",
        "stated-community-unknown",
        "warning",
        N_("Stated community is not in the layer"),
        N_("{count} rows of {source} state the community “{mention}”, which names none or several communities"),
        _ELEVEN,
        N_("correct the name or complete the community layer"),
    ),
    Rule(
        "L109",
        "code-column-doubtful",
        "error",
        N_("Code column does not fit the names"),
        N_("{contradicting} of {checked} codes in “{column:field}” belong to another name: the column looks shifted"),
        _CODES,
        N_("check whether the column was sorted or shifted without the others"),
    ),
    Rule(
        "L110",
        "compound-listed-repeatedly",
        "warning",
        N_("The same compound several times in the layer"),
        N_("{name} stands {count} times in the layer, up to {distance_m:count} m apart: {candidates}"),
        _ONE,
        N_("keep one feature and note the other names as aliases; leave them where both are real"),
        variants={
            "communities": N_(
                "{name} stands {count} times in the layer, in {n} communities, up to {distance_m:count} m apart: "
                "{candidates}; compounds of one name in two communities may both be real"
            )
        },
    ),
    Rule(
        "L111",
        "point-in-another-community",
        "warning",
        N_("Point lies outside the stated community"),
        N_("the point lies outside {name} ({code}), which “{mention}” states"),
        N_("Common practice in surveying: web-map coordinates without a label are off by some hundred metres"),
        N_("check the coordinates and their datum, then the community"),
    ),
    Rule(
        "L112",
        "linked-outside-stated-parent",
        "warning",
        N_("Linked outside the stated community"),
        N_("“{mention}” was linked to {name} ({code}) by code and name, though the row states another community"),
        _CODES,
        N_("check the community of the row"),
    ),
    Rule(
        "L113",
        "nothing-to-link-to",
        "notice",
        N_("Nothing to link to"),
        N_("{count} entries of column “{column:field}” cannot be linked: there is no such layer or registry"),
        _ELEVEN,
        N_("add the layer or registry to the project file"),
    ),
    Rule(
        "L114",
        "list-needs-a-look",
        "warning",
        N_("List cell is no plain list of names"),
        N_("“{mention}” is no plain list of names"),
        _LISTS,
        N_("list every name once, without exceptions and ranges"),
        variants={
            "except": N_("“{mention}” means all places but {n}: {codes}"),
            "except_unknown": N_(
                "“{mention}” leaves out “{name}”, which names no place of the community: a person must decide what it "
                "covers"
            ),
            "repeated": N_("the list names {n} place(s) more than once: {codes}"),
            "long": N_("“{mention}” is too long a range to be written out and is kept as one name"),
        },
    ),
)
