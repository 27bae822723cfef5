"""Rules A231-A239: one figure as two departments, or two dates, tell it."""

from __future__ import annotations

from gridkit.locale import N_
from gridkit.rules.rule import Rule

_SOURCE = N_("One thing has one number: departments that count the same thing differently are asked for their rows")

RULES: tuple[Rule, ...] = (
    Rule(
        "A231", "told-by-one-side", "warning",
        title=N_("Only one of two lists has it"),
        sentence=N_("{comparison}: {name} stands in “{here}” and not in “{there}”"),
        source=_SOURCE,
        remedy=N_("ask who is right; correct the list that lacks it or has it too much"),
        variants={
            "open": N_("{comparison}: {name} stands in “{here}”; a row of “{there}” may mean it; nobody has said so"),
        },
    ),
    Rule(
        "A232", "told-twice", "warning",
        title=N_("A list has the same thing in several rows"),
        sentence=N_("{comparison}: “{here}” has {n} rows for {name}"),
        source=_SOURCE,
        remedy=N_("keep one row, or say in the list what each of them is"),
    ),
    Rule(
        "A233", "told-together", "warning",
        title=N_("One row of a list is several things"),
        sentence=N_("{comparison}: one row of “{here}” names {n} things: {names}"),
        source=_SOURCE,
        remedy=N_("write one row for each of them, or compare the numbers with that in mind"),
    ),
    Rule(
        "A234", "told-in-another-class", "warning",
        title=N_("Two lists put the same thing into different classes"),
        sentence=N_(
            "{comparison}: {name}, {field:field}: {value_a:{column}} in “{here}”, {value_b:{column}} in “{there}”"
        ),
        source=_SOURCE,
        remedy=N_("settle which class holds; where the class decides what is counted, both figures move"),
    ),
    Rule(
        "A235", "moved-out-of-the-count", "warning",
        title=N_("One list counts it, the other leaves it out of its figure"),
        sentence=N_(
            "{comparison}: {name} counts in “{here}”; “{there}” lists it without counting it ({field:field}:"
            " {value_b:{column}})"
        ),
        source=_SOURCE,
        remedy=N_("check why it was moved out: a smaller whole makes every share look better"),
    ),
    Rule(
        "A236", "told-with-another-number", "warning",
        title=N_("Two lists give other numbers for the same things"),
        sentence=N_(
            "{comparison}: {field:field} differs for {n} things; together {value_a} in “{here}”, {value_b} in “{there}”"
        ),
        source=_SOURCE,
        remedy=N_("compare the rows; the workbook lists them"),
    ),
    Rule(
        "A237", "told-under-another-name", "notice",
        title=N_("Two lists call the same thing by different names"),
        sentence=N_("{comparison}: {value_a} in “{here}” is {value_b} in “{there}”"),
        source=_SOURCE,
        remedy=N_("agree on one name"),
    ),
    Rule(
        "A238", "told-of-nothing-known", "warning",
        title=N_("A row of a list names nothing known"),
        sentence=N_("{comparison}: nobody can say what this row of “{here}” is about; it counts all the same"),
        source=_SOURCE,
        remedy=N_("decide about it in an overrides file, or correct the row"),
    ),
    Rule(
        "A239", "totals-differ", "warning",
        title=N_("Two lists come to different figures"),
        sentence=N_(
            "{comparison}: “{here}” counts {value_a}, “{there}” counts {value_b}: {only_a} only in the first, {only_b}"
            " only in the second, {twice} rows too many for one thing, {merged} things without a row of their own,"
            " {moved} left out by one of them, {unlinked} rows about nothing known"
        ),
        source=_SOURCE,
        remedy=N_("follow the bridge in the workbook: every step of it lists its rows"),
    ),
)  # fmt: skip
