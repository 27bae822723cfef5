"""Rules A221-A229: the arithmetic of a report's own figures."""

from __future__ import annotations

from gridkit.locale import N_
from gridkit.rules.rule import Rule

_OWN = N_("Arithmetic of the figures that the report itself states")

RULES: tuple[Rule, ...] = (
    Rule(
        "A221", "figures-add-up", "notice",
        title=N_("Figures of a report add up to another one"),
        sentence=N_(
            "{terms} = {whole} ({nouns} = {noun}); chance alone would make {chance} such sums"
        ),
        source=_OWN,
        remedy=N_("ask whether the total counts exactly these: a sum alone proves nothing"),
    ),
    Rule(
        "A222", "percentage-contradicts-operands", "warning",
        title=N_("A stated percentage contradicts its own two figures"),
        sentence=N_("{part} of {whole} is {computed}, not {figure}: {quote}"),
        source=_OWN,
        remedy=N_("ask which of the three figures is wrong"),
        variants={
            "change": N_("from {whole} to {part} is {computed}, not {figure}: {quote}"),
            "either": N_(
                "{part} of {whole} is {computed}, and of {promised} {other}; neither is {figure}: {quote}"
            ),
            "points": N_("from {whole} to {part} are {computed} percentage points, not {figure}: {quote}"),
        },
    ),
    Rule(
        "A223", "told-ledger-not-monotone", "warning",
        title=N_("More resolved or promised than was collected"),
        sentence=N_("{stage:stage} {whole}, but {next_stage:stage} {part}: {quote}"),
        source=N_("A ledger runs from raised to promised to resolved; the numbers do not grow on the way"),
        remedy=N_("ask for the rows of the ledger"),
    ),
    Rule(
        "A224", "parts-exceed-total", "warning",
        title=N_("The listed parts are more than their total"),
        sentence=N_("{terms} = {sum}, more than {whole}: {quote}"),
        source=_OWN,
        remedy=N_("ask whether the parts overlap, or which figure is wrong"),
    ),
    Rule(
        "A225", "parts-leave-a-rest", "notice",
        title=N_("The listed parts do not make up their total"),
        sentence=N_("{terms} = {sum}; {rest} of {whole} are not among them: {quote}"),
        source=_OWN,
        remedy=N_("ask what the rest is"),
    ),
    Rule(
        "A226", "percent-for-points", "notice",
        title=N_("A difference of percentages is stated in percent, not in percentage points"),
        sentence=N_(
            "from {whole} to {part} are {points} percentage points, not {figure}; in percent it is {computed}: {quote}"
        ),
        source=_OWN,
        remedy=N_("read percentage points, or ask what is meant"),
    ),
    Rule(
        "A227", "total-is-no-sum", "warning",
        title=N_("A stated total is not the sum of what stands before it"),
        sentence=N_("{terms} = {sum}, not {whole}: {quote}"),
        source=_OWN,
        remedy=N_("ask which figure is wrong, or what else the total counts"),
    ),
)  # fmt: skip
