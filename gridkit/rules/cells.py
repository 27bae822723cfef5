"""Rules S180-S189: what cells say beside their values."""

from __future__ import annotations

from gridkit.locale import N_
from gridkit.rules.rule import Rule

_CELLS = N_("Common practice of putting tables in order: what happens in spreadsheets")
_CODES = N_("Common practice with tables: codes are text; a damaged code is asked for again and never completed")
_KINDS = N_("Common practice of official forms: blank, —, 无, 待定 and masked cells mean different things")

_WITHHELD = N_(
    "{header:field}: {n} cell(s) of up to {length} characters cannot be read and are not shown here, because they "
    "could name persons"
)

RULES: tuple[Rule, ...] = (
    Rule(
        "S180",
        "number-is-a-limit-or-range",
        "warning",
        N_("Upper limit or range instead of a number"),
        N_("{header:field}: {value} is an upper limit or a range ({n} row(s)); no number is taken from it"),
        _CELLS,
        N_("write the number itself"),
        variants={"withheld": _WITHHELD},
    ),
    Rule(
        "S181",
        "figures-masked",
        "warning",
        N_("Figures are masked"),
        N_("{header:field}: {n} of {filled} filled cell(s) are masked; what is claimed from them cannot be recomputed"),
        _KINDS,
        N_("ask for the table without masks"),
    ),
    Rule(
        "S182",
        "kinds-of-missing",
        "notice",
        N_("Cells say why they have no value"),
        N_("{header:field}: {n} cell(s) say why they have no value; read as missing"),
        _KINDS,
        N_("write 0 where the number is 0; leave a cell empty only where nothing is known"),
        variants={
            "none": N_("{header:field}: {n} cell(s) say 无 (there is none); read as missing, not as 0"),
            "undecided": N_("{header:field}: {n} cell(s) say that nothing is decided yet (待定); read as missing"),
            "not_applicable": N_("{header:field}: {n} cell(s) hold a dash (not applicable); read as missing"),
            "unknown": N_("{header:field}: {n} cell(s) say that it is not known (不详)"),
        },
    ),
    Rule(
        "S183",
        "date-ambiguous",
        "warning",
        N_("Date can mean two days"),
        N_("{header:field}: {value} can mean two dates ({n} row(s)); read as missing"),
        _CELLS,
        N_("write dates as 2024-06-30"),
        variants={"withheld": _WITHHELD},
    ),
    Rule(
        "S184",
        "code-digits-lost",
        "warning",
        N_("Code has fewer digits than the others"),
        N_(
            "{header:field} {value} has {length} digits where the others have {expected} ({n} row(s)): digits were "
            "probably lost; nothing is filled up"
        ),
        _CODES,
        N_("ask for the original file, with codes stored as text"),
        variants={
            "zeros": N_(
                "{header:field} {value} has {length} digits where the others have {expected} ({n} row(s)): zeros in "
                "front were probably lost, it would be {other}; nothing is filled up"
            ),
            "known": N_(
                "{header:field} {value} has {length} digits where the others have {expected} ({n} row(s)): zeros in "
                "front were probably lost, {other} is a known code; nothing is filled up"
            ),
        },
    ),
    Rule(
        "S185",
        "code-with-letters-like-digits",
        "warning",
        N_("Code holds letters that look like digits"),
        N_(
            "{header:field} {value} holds letters where the others have digits ({n} row(s)): {other} was probably "
            "meant; nothing is changed"
        ),
        _CODES,
        N_("correct the code: O is not 0, and l is not 1"),
    ),
    Rule(
        "S186",
        "codes-written-in-two-ways",
        "notice",
        N_("Codes of one column are written in two ways"),
        N_("{header:field}: {value} has separators inside, most codes have none ({n} row(s)); compared as written"),
        _CODES,
        N_("write all codes in one way"),
    ),
    Rule(
        "S187",
        "code-perhaps-rounded",
        "warning",
        N_("Code may have been rounded by a spreadsheet"),
        N_(
            "{header:field}: {value} has more than 15 digits and ends in zeros from the sixteenth on, unlike the "
            "others ({n} row(s)); it is kept, but may have been rounded"
        ),
        _CODES,
        N_("compare with the original file"),
    ),
    Rule(
        "S189",
        "same-as-above",
        "notice",
        N_("Cells repeat the one above"),
        N_("{header:field}: {n} cell(s) say 同上 and are read as the row above"),
        _CELLS,
        N_("write the value into each row before the table is sorted"),
        variants={"nothing": N_("{header:field}: {n} cell(s) say 同上, but nothing stands above; read as missing")},
    ),
)
