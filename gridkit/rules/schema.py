"""Rules S1xx: what the tables and layers say, and what reading them noticed."""

from __future__ import annotations

from gridkit.locale import N_
from gridkit.rules.rule import Rule

_FIELDS = N_("Columns that such tables usually have; docs/columns.md lists all that are recognised")
_CODES = N_(
    "Rules of statistical division and urban-rural codes (国统字〔2009〕91号): 12 digits; common practice: "
    "spreadsheets damage long codes"
)
_CELLS = N_("Common practice of putting tables in order: what happens in spreadsheets")
_VOCABULARY = N_("Values that are recognised; docs/columns.md lists them")
_PERSONS = N_(
    "Personal Information Protection Law of China, article 28 (sensitive information); this tool counts and knows no "
    "persons"
)
_PLACES = N_(
    "Common practice in surveying: coordinate systems are often not stated, and those of map services are shifted"
)
_FILES = N_("Common practice with boundary files: limits of their formats")
_LAW = N_("Principle of this tool: nothing is lost silently and nothing is repaired silently")

_WITHHELD = N_(
    "{header:field}: {n} cell(s) of up to {length} characters cannot be read and are not shown here, because they "
    "could name persons"
)
_VARIANTS = {
    **{code: {"withheld": _WITHHELD} for code in ("S111", "S112", "S113", "S114", "S115")},
    "S110": {
        "withheld": _WITHHELD,
        "status": N_("{header:field}: {value} is not known ({n} row(s)); read as unknown, not as active"),
    },
    "S124": {
        "counted": N_(
            "column {header:field} ({n} filled cell(s)) means the same as {used} ({filled} filled cell(s), "
            "{field:field}) and is not used"
        )
    },
    "S133": {
        "bare": N_(
            "{n} feature(s) have no geometry, and the layer has no column “{field:field}” that could place them: they "
            "are kept without a place"
        ),
    },
    "S144": {
        "bare": N_("above the table stand {n} character(s), which are not kept: they could name persons"),
        "part": N_("above the table stands: {text}; {n} more character(s) are not kept: they could name persons"),
    },
    "S145": {
        "struck": N_("{n} struck-out row(s) were read like the others"),
        "sheet": N_("{n} row(s) of a hidden sheet were read like the others"),
    },
    "S146": {
        "tables": N_("{n} other table(s) on the sheet were not read; their headers stand in these rows: {sheets}")
    },
    "S118": {"named": N_("{name}: {header:field} is {value}; {low} to {high} would be expected")},
    "S127": {
        "vocabulary": N_(
            "the {table:table} has no column “{field:field}”; recognised are, among others: {headers}; its values may "
            "be: {values}; {effect:effect}"
        )
    },
}
"""Other sentences of some rules, by the ``variant`` of the finding."""


def _rule(code: str, name: str, severity: str, source: str, *texts: str) -> Rule:
    title, sentence, remedy = (*texts, "")[:3]
    return Rule(code, name, severity, title, sentence, source, remedy, variants=_VARIANTS.get(code, {}))


_CHECKED = (
    _rule(
        "S101", "required-field-empty", "warning", _FIELDS,
        N_("Required field is empty"),
        N_("{header:field} has no usable value in {n} row(s)"),
        N_("fill the cells"),
    ),
    _rule(
        "S102", "code-breaks-grammar", "warning", _CODES,
        N_("Code does not follow its scheme"),
        N_("{header:field} {value} does not have {expected} digits, as the scheme wants ({scheme:scheme})"),
        N_("compare with the official list"),
    ),
    _rule(
        "S103", "code-made-up", "notice", _FIELDS,
        N_("Feature without a code"),
        N_("{n} feature(s) have no code and go by a provisional one made from their content ({ident})"),
        N_("give every feature a code"),
    ),
    _rule(
        "S104", "code-twice-in-layer", "error", _LAW,
        N_("Several features of a layer have one code"),
        N_("{n} features have the code {ident}; the largest is kept, the others are set aside"),
        N_("give each feature its own code, or merge them"),
    ),
    _rule(
        "S105", "code-twice-in-registry", "warning", _FIELDS,
        N_("Several rows have one code"),
        N_("{n} rows have the same {header:field}: {value}"),
        N_("correct the code, or remove the row that was entered twice"),
    ),
    _rule(
        "S106", "name-twice-in-parent", "warning", _FIELDS,
        N_("The same name twice in one place"),
        N_("{n} rows of one table are named {value} in {parent}"),
        N_("remove the row that was entered twice, or tell the two apart by name"),
    ),
    _rule(
        "S107", "parent-does-not-exist", "error", _FIELDS,
        N_("The community or grid named does not exist"),
        N_("{header:field} {value} is not in {layer} ({n} row(s))"),
        N_("correct the code, or add the missing feature"),
    ),
    _rule(
        "S108", "code-not-official", "warning", _CODES,
        N_("Code is not in the official list"),
        N_("{header:field} {value} is not in the official list"),
        N_("compare with the list of the year of the data"),
    ),
    _rule(
        "S109", "name-differs-from-official", "notice", _CODES,
        N_("Name differs from the official list"),
        N_("{value} is called {official} in the official list"),
        N_("check whether code and name belong together"),
    ),
    _rule(
        "S118", "number-implausible", "warning", _CELLS,
        N_("Number is hardly possible"),
        N_("{header:field} is {value}; {low} to {high} would be expected"),
        N_("check the cell"),
    ),
    _rule(
        "S127", "required-column-missing", "warning", _FIELDS,
        N_("Required column is missing"),
        N_("the {table:table} has no column “{field:field}”; recognised are, among others: {headers}; {effect:effect}"),
        N_("add the column, or name it with columns in gridkit.toml"),
    ),
    _rule(
        "S128", "credit-code-invalid", "notice", N_("GB 32100-2015: unified social credit code, check character"),
        N_("Unified social credit code is not valid"),
        N_("{header:field} {value} has the wrong length, a character that cannot be, or a wrong check character"),
        N_("compare with the registration"),
    ),
    _rule(
        "S188", "date-of-data-not-stated", "notice", _FIELDS,
        N_("Date of the data is not stated"),
        N_("{n} organisation(s) have a term that ends, but the date of the data is not stated: which are in term is "
           "unknown"),
        N_("write as_of = 2024-06-30 under [project] in gridkit.toml"),
    ),
    _rule(
        "S129", "code-not-under-parent", "warning", _CODES,
        N_("Code does not begin with the code of its parent"),
        N_("{header:field} {value} does not begin with {parent}"),
        N_("check code and parent; one of them is wrong"),
    ),
)  # fmt: skip

_CELL_RULES = (
    _rule(
        "S110", "value-out-of-vocabulary", "warning", _VOCABULARY,
        N_("Value is not in the vocabulary"),
        N_("{header:field}: {value} is not known ({n} row(s)); read as missing"),
        N_("use one of the known values"),
    ),
    _rule(
        "S111", "not-a-number", "warning", _CELLS,
        N_("Not a usable number"),
        N_("{header:field}: {value} is not a usable number ({n} row(s)); read as missing"),
        N_("write a whole number that is not negative"),
    ),
    _rule(
        "S112", "approximate-number", "notice", _CELLS,
        N_("Number is only approximate"),
        N_("{header:field}: {value} is read as a number, and what it says beside it is kept ({n} row(s))"),
    ),
    _rule(
        "S113", "not-a-date", "warning", _CELLS,
        N_("Not a usable date"),
        N_("{header:field}: {value} is not a usable date ({n} row(s)); read as missing"),
        N_("write dates as 2024-06-30"),
    ),
    _rule(
        "S114", "not-yes-or-no", "warning", _CELLS,
        N_("Neither yes nor no"),
        N_("{header:field}: {value} is neither yes nor no ({n} row(s)); read as unknown"),
        N_("write 是 or 否"),
    ),
    _rule(
        "S115", "code-damaged", "error", _CODES,
        N_("Code was damaged by a spreadsheet"),
        N_("{header:field}: {value} has lost digits and is not used ({n} row(s))"),
        N_("ask for the original file, with codes stored as text"),
    ),
    _rule(
        "S116", "cell-unreadable", "warning", _CELLS,
        N_("Cell holds no value that can be read"),
        N_("{n} cell(s) hold an error, a formula without a stored result, or broken text; read as missing"),
        N_("open the file in a spreadsheet program, correct the cells and save it"),
    ),
    _rule(
        "S117", "count-in-merged-cell", "warning", _CELLS,
        N_("Count stands in a merged cell"),
        N_(
            "{header:field} is merged over several rows: the number speaks of all of them together and is unknown in "
            "each of the {n} row(s)"
        ),
        N_("write the number of each row"),
    ),
    _rule(
        "S119", "address-shortened", "notice", _PERSONS,
        N_("Door numbers were left out of addresses"),
        N_("{header:field}: {n} address(es) were kept only as far as the building"),
    ),
)  # fmt: skip

_COLUMN_RULES = (
    _rule(
        "S120", "person-column-dropped", "notice", _PERSONS,
        N_("Column of persons was dropped"),
        N_("column {header:field} identifies persons: {n} filled cell(s) dropped before anything else was read"),
    ),
    _rule(
        "S121", "post-column-reduced", "notice", _PERSONS,
        N_("Column of names was reduced to filled or not"),
        N_("column {header:field} names persons: only whether it is filled was kept ({n} filled cell(s))"),
    ),
    _rule(
        "S122", "number-of-person-masked", "warning", _PERSONS,
        N_("What a text said of persons was masked"),
        N_("column {header:field} held numbers, addresses or names of persons in {n} cell(s); they were masked"),
        N_("remove them from the file"),
    ),
    _rule(
        "S123", "columns-not-used", "notice", _LAW,
        N_("Columns are not used"),
        N_("{n} column(s) are not used: {headers}"),
        N_("if one of them is needed, name it with columns in gridkit.toml"),
    ),
    _rule(
        "S124", "two-columns-for-one-field", "warning", _LAW,
        N_("Two columns mean the same"),
        N_("column {header:field} means the same as {used} ({field:field}) and is not used"),
        N_("name the right one with columns in gridkit.toml"),
    ),
    _rule(
        "S125", "shortened-name", "notice", _FILES,
        N_("Column name was cut short"),
        N_("column {header:field} is taken as {field:field}: its name was cut by the file format"),
        N_("use GeoPackage, which keeps long names"),
    ),
    _rule(
        "S126", "codes-in-name-column", "notice", _FIELDS,
        N_("Column of names holds codes"),
        N_("column {header:field} holds codes and is read as {field:field}"),
    ),
    _rule(
        "S190", "names-column-dropped", "notice", _PERSONS,
        N_("Column of names was dropped"),
        N_("nearly every cell of column {header:field} looks like the name of a person: {n} filled cell(s) dropped"),
        N_("if these are places or organisations, name the column with columns in gridkit.toml"),
    ),
    _rule(
        "S191", "person-in-project-file", "notice", _PERSONS,
        N_("What the project file said of persons was masked"),
        N_("a text in gridkit.toml held a number or the name of a person; *** stands in its place everywhere"),
        N_("remove it from gridkit.toml"),
    ),
    _rule(
        "S192", "person-in-name-of-file", "warning", _PERSONS,
        N_("Name of a file or sheet holds a number of a person"),
        N_("a mobile number, identity number or e-mail address in the name is shown as *** here and in all references"),
        N_("rename the file or sheet"),
    ),
)  # fmt: skip

_PLACE_RULES = (
    _rule(
        "S130", "crs-assumed", "warning", _PLACES,
        N_("Coordinate system was assumed"),
        N_("no coordinate system is stated; {crs} was assumed"),
        N_("state it: crs in gridkit.toml for a layer, a column 坐标系 for a registry"),
    ),
    _rule(
        "S131", "coordinates-converted", "notice", _PLACES,
        N_("Coordinates of a map service were converted"),
        N_("{n} place(s) were converted from {crs} to CGCS2000"),
    ),
    _rule(
        "S132", "encoding-found", "notice", _FILES,
        N_("Text encoding was found by trial"),
        N_("the encoding is not stated with certainty; read as {encoding}"),
        N_("state encoding in gridkit.toml if names look wrong"),
    ),
    _rule(
        "S133", "no-geometry", "warning", _FILES,
        N_("Feature without geometry"),
        N_("{n} feature(s) have no geometry; they are kept and placed by their codes where they have any"),
        N_("draw them, or add coordinates, or add the column of the code of the wider place (社区代码, 街道代码)"),
    ),
    _rule(
        "S134", "geometry-invalid", "warning", _FILES,
        N_("Geometry is invalid"),
        N_("{ident}: {reason:reason}; its valid polygons are used: {before} m² before, {after} m² after"),
        N_("repair the boundary in its own file"),
    ),
    _rule(
        "S135", "coordinates-impossible", "warning", _PLACES,
        N_("Coordinates out of range"),
        N_("{n} place(s) have coordinates that cannot be; they are kept without a place"),
        N_("check the two columns, and whether they are swapped"),
    ),
    _rule(
        "S136", "geometry-of-wrong-kind", "warning", _FILES,
        N_("Geometry is neither a polygon nor a point"),
        N_("{n} feature(s) are lines or groups of points; they are kept without a place"),
        N_("close the lines to polygons in a GIS"),
    ),
    _rule(
        "S137", "scope-unknown", "warning", _LAW,
        N_("Scope of a complete table matches no place"),
        N_("no code of a layer begins with {scope}: the table is complete for no place that is known"),
        N_("correct scope in gridkit.toml, or leave it out where the table speaks of the whole city"),
    ),
)  # fmt: skip

_ROW_RULES = (
    _rule(
        "S140", "blank-row", "notice", _LAW,
        N_("Blank rows"),
        N_("{n} blank row(s) between the data were set aside"),
    ),
    _rule(
        "S141", "total-row", "notice", _CELLS,
        N_("Rows of totals"),
        N_("{n} row(s) of totals were set aside"),
    ),
    _rule(
        "S142", "footnote", "notice", _CELLS,
        N_("Footnotes"),
        N_("{n} row(s) of notes were set aside"),
    ),
    _rule(
        "S143", "repeated-header", "notice", _CELLS,
        N_("Repeated headers"),
        N_("{n} row(s) that repeat the header or number the columns were set aside"),
    ),
    _rule(
        "S144", "lines-above-header", "notice", _CELLS,
        N_("Lines above the header"),
        N_("above the table stands: {text}"),
    ),
    _rule(
        "S145", "hidden-rows", "warning", _CELLS,
        N_("Hidden or struck-out rows were read"),
        N_("{n} hidden row(s) were read like the others"),
        N_("show them and decide whether they belong to the table"),
    ),
    _rule(
        "S146", "sheets-not-read", "warning", _LAW,
        N_("Sheets were not read"),
        N_("{n} sheet(s) of the workbook were not read: {sheets}"),
        N_("name the sheet in gridkit.toml, or add a second table for it"),
    ),
    _rule(
        "S147", "table-without-rows", "warning", _LAW,
        N_("Table without rows"),
        N_("the table has a header but no row"),
        N_("check whether this is the right file and sheet"),
    ),
    _rule(
        "S148", "long-blank-run", "warning", _LAW,
        N_("Data go on far below the table"),
        N_("{n} blank rows are not counted as rows of the table; it goes on in row {row}"),
        N_("look at that row: delete it, or move it up to the table"),
    ),
)  # fmt: skip

RULES: tuple[Rule, ...] = tuple(
    sorted((*_CHECKED, *_CELL_RULES, *_COLUMN_RULES, *_PLACE_RULES, *_ROW_RULES), key=lambda rule: rule.code)
)
