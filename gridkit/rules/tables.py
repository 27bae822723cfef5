"""Rules S149-S159: what sheets hide, several tables, control totals, files read as one."""

from __future__ import annotations

from gridkit.locale import N_
from gridkit.rules.rule import Rule

_SHEETS = N_("Common practice of putting tables in order: what happens in spreadsheets")
_LAW = N_("Principle of this tool: nothing is lost silently and nothing is repaired silently")

_VARIANTS = {
    "S149": {
        "struck": N_(
            "{n} struck-out row(s) are held: they count neither as records nor as deleted until hidden is set in "
            "gridkit.toml; what only they would cover is unknown"
        ),
        "sheet": N_(
            "{n} row(s) of a hidden sheet are held: they count neither as records nor as deleted until hidden is set "
            "in gridkit.toml; what only they would cover is unknown"
        ),
    },
    "S150": {
        "struck": N_("{n} struck-out row(s) were left out, as the project says"),
        "sheet": N_("{n} row(s) of a hidden sheet were left out, as the project says"),
    },
    "S151": {
        "keep": N_("{n} hidden column(s) were read like the others, as the project says: {headers}"),
        "exclude": N_("{n} hidden column(s) were left out, as the project says: {headers}"),
    },
    "S152": {
        "keep": N_("{header:field}: {n} struck-out cell(s) were read like the others, as the project says"),
        "exclude": N_("{header:field}: {n} struck-out cell(s) were left out, as the project says; read as missing"),
        "partly": N_("{header:field}: of {n} cell(s) only what is not struck out was read"),
    },
    "S153": {
        "text": N_(
            "{header:field}: the total says {stated}, the {n} record(s) of rows {first}-{last} add up to {computed}; "
            "the total leaves out {rows} number(s) stored as text, which a spreadsheet does not add up"
        ),
    },
    "S156": {
        "lacking": N_("read as one with {usual}, but these columns are not there: {lacking}"),
        "more": N_("read as one with {usual}, but these columns are there besides: {more}"),
        "community": N_(
            "neither a column nor the sheet, the title, the reporting body or the file names a community, as in other "
            "tables of this registry; unknown in {n} row(s)"
        ),
    },
    "S157": {
        "sheet": N_("the table has no column of communities; the name of the sheet gives {name} ({n} row(s))"),
        "body": N_("the table has no column of communities; the reporting body gives {name} ({n} row(s))"),
        "title": N_("the table has no column of communities; its title gives {name} ({n} row(s))"),
        "path": N_("the table has no column of communities; its file or folder gives {name} ({n} row(s))"),
    },
    "S159": {
        "unseen": N_(
            "this kind of workbook does not let us see hidden rows, hidden columns, struck-out cells and formulas: all "
            "were read like the others"
        ),
        "external": N_("{n} formula(s) take values from other workbooks; the values stored last were read"),
        "macros": N_("the workbook holds macros; they were not run"),
        "named": N_("the file is named {ending}, but its content is {what}; it was read as what it is"),
    },
}
"""Other sentences of some rules, by the ``variant`` of the finding."""


def _rule(code: str, name: str, severity: str, source: str, *texts: str) -> Rule:
    title, sentence, remedy = (*texts, "")[:3]
    return Rule(code, name, severity, title, sentence, source, remedy, variants=_VARIANTS.get(code, {}))


RULES: tuple[Rule, ...] = (
    _rule(
        "S149", "rows-held", "warning", _LAW,
        N_("Hidden or struck-out rows are held"),
        N_(
            "{n} hidden row(s) are held: they count neither as records nor as deleted until hidden is set in "
            "gridkit.toml; what only they would cover is unknown"
        ),
        N_('look at them, then write hidden = "keep" or hidden = "exclude" for this registry'),
    ),
    _rule(
        "S150", "rows-left-out", "notice", _LAW,
        N_("Hidden or struck-out rows were left out"),
        N_("{n} hidden row(s) were left out, as the project says"),
    ),
    _rule(
        "S151", "hidden-columns", "warning", _LAW,
        N_("Hidden columns"),
        N_("{n} hidden column(s) are held and were not read: {headers}"),
        N_('show them, name them with columns in gridkit.toml, or write hidden = "keep"'),
    ),
    _rule(
        "S152", "struck-cells", "warning", _LAW,
        N_("Struck-out cells"),
        N_("{header:field}: {n} struck-out cell(s) are held and read as missing"),
        N_('write the value that holds, or hidden = "keep" to read them like the others'),
    ),
    _rule(
        "S153", "total-differs", "warning", _SHEETS,
        N_("A total differs from its rows"),
        N_("{header:field}: the total says {stated}, the {n} record(s) of rows {first}-{last} add up to {computed}"),
        N_("check the total and the rows; the rows are what counts here"),
    ),
    _rule(
        "S154", "totals-compared", "notice", _SHEETS,
        N_("Totals were compared with their rows"),
        N_("of {n} amount(s) in rows of totals {equal} agree, {differ} differ, {uncertain} cannot be compared"),
    ),
    _rule(
        "S155", "tables-read-as-one", "notice", _LAW,
        N_("Several tables were read as one registry"),
        N_("{n} tables with {rows} row(s) together were read as one registry"),
    ),
    _rule(
        "S156", "headers-differ", "warning", _LAW,
        N_("Headers of one registry differ"),
        N_("read as one with {usual}, but these columns are not there: {lacking}; and these besides: {more}"),
        N_("use one form for all parts"),
    ),
    _rule(
        "S157", "community-beside-table", "notice", _LAW,
        N_("Community named beside the table"),
        N_("the table has no column of communities; something beside it gives {name} ({n} row(s))"),
    ),
    _rule(
        "S158", "same-table-twice", "warning", _LAW,
        N_("The same table twice"),
        N_("this has the same content as {same} and was not read a second time ({n} row(s))"),
        N_("remove the copy, or send the right file"),
    ),
    _rule(
        "S159", "file-taken-as-it-is", "warning", _SHEETS,
        N_("The file is not quite what it seems"),
        N_("{n} line(s) hold quotation marks out of place; they were read as they stand"),
        N_("look at these places in the file, or save the table as .xlsx from a spreadsheet program"),
    ),
)  # fmt: skip
