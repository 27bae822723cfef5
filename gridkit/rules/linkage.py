"""Rules L1xx: joining registry rows to codes."""

from __future__ import annotations

from gridkit.locale import N_
from gridkit.rules.rule import Rule

_ELEVEN = N_(
    "Common practice of keeping registries: what one list names must be found in the other, or the difference explained"
)
_CODES = N_("Common practice with tables: codes are often shifted or stale; a code alone never decides")
_LISTS = N_("Common practice with tables: a cell that declares a number must list as many")
_DECIDED = N_(
    "Common practice of keeping registries: a decision is kept with its reason and its date, and is looked at again"
)
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
        variants={
            "decided": N_(
                "“{mention}” was linked to {name} ({code}) by a person's decision, but the code {written} belongs to "
                "{other_name}"
            ),
            "none": N_(
                "a person has decided that “{mention}” names nothing known, but the code {written} belongs to "
                "{other_name}"
            ),
        },
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
        N_("Several features of one parent have the same name"),
        N_("{count} compounds of {community_name} are called {name}: a mention of the name cannot be decided"),
        _ONE,
        N_("tell them apart by phase or address, or merge them"),
        variants={
            "grid": N_(
                "{count} grids of {community_name} are called {name}, written differently ({codes}): a mention of the "
                "name cannot be decided"
            ),
            "community": N_(
                "{count} communities of {community_name} are called {name}, written differently ({codes}): a mention "
                "of the name cannot be decided"
            ),
            "street": N_(
                "{count} streets of the district {community_name} are called {name} ({codes}): a mention of the name "
                "cannot be decided"
            ),
        },
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
        N_("{contradicting} of {checked} codes in “{column:field}” belong to another name: the column is not used"),
        _CODES,
        N_("check whether the column was sorted or shifted without the others"),
        variants={
            "shifted": N_(
                "{contradicting} of {checked} codes in “{column:field}” belong to another name, and moved by one row "
                "they fit: the column is shifted and not used"
            )
        },
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
            ),
            "address": N_(
                "{name} stands {count} times in the layer, at the same address ({address}), up to {distance_m:count} m "
                "apart: {candidates}"
            ),
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
    Rule(
        "L115",
        "points-offset",
        "error",
        N_("Points are shifted by the same distance"),
        N_(
            "the points of {checked} rows whose names are sure lie {east} m east and {north} m north of their "
            "compounds (as a rule): the column is not used"
        ),
        N_("Common practice in surveying: web-map coordinates without a label are off by some hundred metres"),
        N_("state the coordinate system of the points (坐标系), or convert them"),
        variants={
            "wrong": N_(
                "only {agreeing} of {checked} points whose names are sure lie near their compounds: the column is not "
                "used"
            )
        },
    ),
    Rule(
        "L116",
        "community-column-doubtful",
        "error",
        N_("Column of communities does not fit the names"),
        N_(
            "only {agreeing} of {checked} communities are those of the compounds named: the column is not used for "
            "linking"
        ),
        _CODES,
        N_("check whether the column was sorted or shifted without the others"),
        variants={
            "shifted": N_(
                "only {agreeing} of {checked} communities are those of the compounds named; moved by one row they fit: "
                "the column is shifted and not used for linking"
            )
        },
    ),
    Rule(
        "L117",
        "decision-without-target",
        "warning",
        N_("Decision cannot be carried out"),
        N_("the decision about “{mention}” names {target}, which is not there, or not only once: it is not used"),
        _DECIDED,
        N_("correct the target in the overrides file, or delete the line and decide again"),
        variants={
            "single": N_(
                "the decision about “{mention}” names {n} targets, but the column names one thing only: it is not used"
            )
        },
    ),
    Rule(
        "L118",
        "decision-never-met",
        "notice",
        N_("Decision about something that no row says"),
        N_("no row says “{mention}” in the way that this decision speaks of: it changes nothing"),
        _DECIDED,
        N_("delete the line where the registry was corrected; else decide again: name, community or address changed"),
    ),
    Rule(
        "L119",
        "decision-expired",
        "warning",
        N_("Decision has expired"),
        N_("the decision about “{mention}” held until {date}, before the date of the data: it is not used"),
        _DECIDED,
        N_("decide again, with a later date or none"),
    ),
    Rule(
        "L120",
        "record-listed-repeatedly",
        "warning",
        N_("The same organisation several times"),
        N_("{count} records of the {kind:table} have the same name in the same place: {names}"),
        _ELEVEN,
        N_("keep one record, or tell them apart by name and code"),
        variants={
            "code": N_("{count} records of the {kind:table} have the same code, but other names: {names}"),
            "list": N_("{count} records of the {kind:table} list the same places under nearly one name: {names}"),
        },
    ),
    Rule(
        "L121",
        "column-names-nothing",
        "error",
        N_("Nothing in a column can be linked"),
        N_("none of the {count} names in column “{column:field}” of {source} could be linked: the layer has none"),
        _ELEVEN,
        N_("check whether the right column was read, and whether layer and registry are of the same place"),
        variants={
            "same": N_(
                "{n} of the {count} names in column “{column:field}” of {source} are “{name}”, and none could be linked"
            )
        },
    ),
    Rule(
        "L122",
        "label-out-of-date",
        "notice",
        N_("Checked link that is no more"),
        N_(
            "a link that was checked is no more: no row says this any longer, or it is linked to "
            "another place; if it was right, it does not count in the sample"
        ),
        _DECIDED,
        N_("draw and check a new sample where many links have changed: gridkit sample links"),
    ),
    Rule(
        "L123",
        "sample-not-filled-in",
        "warning",
        N_("Drawn links that nobody has checked"),
        N_("{unanswered} of {drawn} links that were drawn have no result; they are counted as wrong"),
        _DECIDED,
        N_("fill in every row of the sample, with “cannot be told” where it cannot be told"),
    ),
)  # fmt: skip
