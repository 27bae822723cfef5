"""The Word report: what an office files, in the order in which it is read."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final

from gridkit.audit.format import NO_RATE, percent
from gridkit.coverage import caveats
from gridkit.coverage.reasons import reasons
from gridkit.locale import current, speaking
from gridkit.locale import gettext as _
from gridkit.model.fields import STREET
from gridkit.reports import figures, proof, proof_words, ranking, reconciled, summary, words
from gridkit.reports.docx_form import Form
from gridkit.reports.names import Names
from gridkit.reports.trail import figure_ids
from gridkit.reports.values import texts
from gridkit.writing import whole

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Mapping
    from pathlib import Path

    import pandas as pd

    from gridkit.model import Run

MOST_CLAIMS: Final = 30
MOST_WAYS: Final = 4
PER_STREET: Final = 10
MOST_COMPOUNDS: Final = 60
MOST_STEPS: Final = 20
MOST_PLACES: Final = 60
"""What the report writes out; the rest is counted, and the workbook has all of it."""
KEY_FIGURES: Final = 3
WORKBOOK: Final = "audit.xlsx"
_MEANT: Final[Mapping[str, str]] = {
    "coverage.organisation.declared": "declared",
    "coverage.organisation.valid": "valid",
    "coverage.work.declared": "work",
}
"""Indicator -> the numerator of the definition matrix that says what it counts."""


def write_docx(run: Run, path: Path) -> None:
    """Write the Word report of a run.

    Parameters
    ----------
    run : Run
        All values of the audit; ``run.language`` is the language of the report.
    path : pathlib.Path
        File to write; an existing one is replaced.

    Raises
    ------
    gridkit.errors.OutputError
        The file cannot be written.
    """
    with speaking(run.language):
        data = report(run).to_bytes()
    with whole(path) as draft:
        draft.write_bytes(data)


def report(run: Run) -> Form:
    """Return the report of a run, in the current language."""
    names = Names.of(run)
    title = _("Audit of Party organisation coverage in {city}").format(city=run.city.name)
    form = Form(title, run.city.as_of, run.language)
    form.dateline(_("(data as of {date})").format(date=day(run.city.as_of)))
    _conclusions(form, run)
    _key_figures(form, run)
    _uncovered(form, run, names)
    _too_high(form, run)
    _needed(form, run, names)
    _reconciled(form, run)
    _limits(form, run)
    _annexes(form, run, names)
    return form


def day(date: dt.date | None) -> str:
    """Return a date as it is written in a sentence.

    >>> import datetime as dt
    >>> day(dt.date(2024, 6, 3)), day(None)
    ('2024-06-03', 'no stated date')
    """
    if date is None:
        return _("no stated date")
    return _("{year}-{month:02d}-{day:02d}").format(year=date.year, month=date.month, day=date.day)


def _conclusions(form: Form, run: Run) -> None:
    form.heading(_("Findings of the audit"))
    rows = figures.claims(run).frame
    if not len(rows):
        form.text(_("The project states no claim to judge."))
        return
    form.text(_("{verdicts}.").format(verdicts=summary.verdicts(run)))
    order = {verdict: at for at, verdict in enumerate(("refuted", "undetermined", "upheld"))}
    verdicts = run.claims["verdict"].tolist()
    chosen = sorted(range(len(rows)), key=lambda at: (order.get(verdicts[at], 9), at))
    found = run.claims.to_dict("records")
    heads = [_("verdict"), _("claim"), _("stated"), _("recomputed"), _("numbers"), _("unknown")]
    table = [_claim(rows.iloc[at], found[at]) for at in chosen[:MOST_CLAIMS]]
    form.table(heads, table, widths=(2.8, 4.1, 1.9, 3.1, 2.2, 1.8))
    for at in chosen[:MOST_CLAIMS]:
        remarks = _remarks(rows.iloc[at], found[at])
        if remarks:
            form.text(_("On “{claim}”: {remarks}").format(claim=rows["text"].iloc[at], remarks=_joined(remarks)))
    if len(chosen) > MOST_CLAIMS:
        form.text(_rest(len(chosen) - MOST_CLAIMS, _("Claims")))


def _claim(said: pd.Series, row: Mapping[Any, Any]) -> tuple[object, ...]:
    """Return a claim as a row: verdict, sentence, what was stated, and what was found."""
    why = row["because"] if isinstance(row["because"], dict) else {}
    of = f"{said['numerator']:,}/{said['denominator']:,}" if said["denominator"] else ""
    return said["verdict"], said["text"], said["stated"], said["rate"], of, why.get("unknown") or ""


def _remarks(said: pd.Series, row: Mapping[Any, Any]) -> list[str]:
    """Return what the row of a claim does not say: why nothing was found, how it was read, under what it would hold."""
    why = row["because"] if isinstance(row["because"], dict) else {}
    remarks = [] if said["denominator"] or said["rate"] != NO_RATE else [_ended(str(said["because"]).strip())]
    if why.get("read") and row["verdict"] != "upheld":
        remarks.append(words.read_as(why))
    if said["definition"]:
        remarks.append(_("Definition of the claim: {text}.").format(text=said["definition"]))
    under = proof_words.definitions(row["upheld_under"])
    if under and row["verdict"] != "upheld":
        remarks.append(_("Would hold only under {text}.").format(text=under))
    return [text for text in remarks if text]


def _ended(sentence: str) -> str:
    """Return a sentence with its capital and its full stop.

    >>> _ended("so it is"), _ended("So it is.")
    ('So it is.', 'So it is.')
    """
    sentence = sentence[:1].upper() + sentence[1:]
    return (
        sentence if sentence.endswith((".", "。", "！", "？", "!", "?")) else _("{sentence}.").format(sentence=sentence)
    )


def _joined(sentences: list[str]) -> str:
    """Return sentences in a row: with a blank between them, none in Chinese.

    >>> _joined(["One.", "Two."])
    'One. Two.'
    """
    return ("" if current() == "zh" else " ").join(sentences)


def _key_figures(form: Form, run: Run) -> None:
    form.heading(_("Three key figures"))
    shown = [figure for figure in summary.headline(run) if figure.id in _MEANT and figure.counted == "compounds"]
    for figure in shown[:KEY_FIGURES]:
        form.subheading(figure.title[:1].upper() + figure.title[1:])
        text = _("{rate}: {n} of {d} {basis}; {unknown}; {excluded} left out.")
        numbers = {"n": f"{figure.numerator:,}", "d": f"{figure.denominator:,}", "excluded": f"{figure.excluded:,}"}
        unknown = figure.unknown_text or _("none unknown")
        said = [text.format(rate=figure.rate, basis=figure.basis, unknown=unknown, **numbers)]
        note = proof_words.numerator_note(_MEANT[figure.id])
        said += [_ended(figure.without_allowance)] if figure.without_allowance else []
        said += [_("Definition: {text}.").format(text=note)] if note else []
        form.text(_joined(said))
    for line in ranking.gap_lines(run):
        form.text(_ended(line))


def _uncovered(form: Form, run: Run, names: Names) -> None:
    form.heading(_("Compounds that are not covered"))
    counts, total = proof.shade_counts(run), len(run.coverage.frame)
    if not counts:
        known = run.coverage.by_status()
        text = _("Of {total} compounds {uncovered} are uncovered and of {unknown} there are no data.")
        form.text(text.format(total=f"{total:,}", uncovered=f"{known['UNCOVERED']:,}", unknown=f"{known['UNKNOWN']:,}"))
        return
    text = _("Of {total} compounds {covered} are covered; {confirmed} are confirmed to be uncovered; {possible} may be "
             "covered, which a person has to settle first, and are not called uncovered here.")  # fmt: skip
    form.text(text.format(total=f"{total:,}", **{name: f"{n:,}" for name, n in counts.items()}))
    form.text(proof.upper_end_note())
    _by_street(form, run, names)
    frame = run.result.shades
    confirmed = frame.index[frame["shade"] == "confirmed"]
    if not len(confirmed):
        return
    shown = _first_per_street(run, confirmed)
    cover = run.coverage.frame.loc[shown]
    why = reasons(replace(run, coverage=replace(run.coverage, frame=cover))).tolist()
    place, attributes = run.places.frame.loc[shown], run.attributes.frame.loc[shown]
    rows = list(zip(names.places(STREET, place[STREET]), names.places("community", place["community"]),
                    texts(attributes["name"]), why, strict=True))  # fmt: skip
    form.text(_("Confirmed to be uncovered:"))
    form.table([_("street"), _("community"), _("compound"), _("reason")], rows, widths=(2, 2, 3, 6))
    if len(confirmed) > len(shown):
        form.text(_rest(len(confirmed) - len(shown), _("No organisation, by certainty")))


def _first_per_street(run: Run, codes: pd.Index) -> list[str]:
    """Return the first compounds of each street, as many as the report writes out."""
    street = texts(run.places.frame[STREET].reindex(codes))
    ordered = sorted(zip(street, texts(codes), strict=True))
    quota = max(min(PER_STREET, MOST_COMPOUNDS // max(len(set(street)), 1)), 1)
    taken: dict[str, int] = {}
    shown: list[str] = []
    for where, code in ordered:
        taken[where] = taken.get(where, 0) + 1
        if taken[where] <= quota and len(shown) < MOST_COMPOUNDS:
            shown.append(code)
    return shown


def _by_street(form: Form, run: Run, names: Names) -> None:
    shade = run.result.shades["shade"]
    street = run.places.frame[STREET].reindex(shade.index).fillna("")
    counts: dict[str, dict[str, int]] = {}
    for where, kind in zip(texts(street), texts(shade), strict=True):
        here = counts.setdefault(where, dict.fromkeys(("covered", "possible", "confirmed"), 0))
        here[kind] = here.get(kind, 0) + 1
    heads = [
        _("street"),
        _("compounds"),
        *(proof_words.shade_label(kind) for kind in ("covered", "possible", "confirmed")),
    ]
    rows: list[list[Any]] = [
        [names.place(STREET, code) or words.scope_label("unplaced"), sum(here.values()), *here.values()]
        for code, here in sorted(counts.items(), key=lambda item: (-item[1]["confirmed"], item[0]))
    ]
    form.table(heads, rows[:MOST_PLACES], widths=(4, 2, 2, 2, 2))
    if len(rows) > MOST_PLACES:
        form.text(_rest(len(rows) - MOST_PLACES, _("League table")))


def _rest(count: int, sheet: str) -> str:
    return _("{n} more: see sheet “{sheet}” of {file}.").format(n=f"{count:,}", sheet=sheet, file=WORKBOOK)


def _too_high(form: Form, run: Run) -> None:
    form.heading(_("What may make the figures too high"))
    frame = run.result.tricks.sort_values("code", kind="stable")
    found = frame[frame["code"] != ""]
    if not len(found):
        form.text(_("None of the rules for figures that are too high has found anything."))
        return
    form.text(_("The following rows are to be looked at; a finding is a reason to look, not a proof of intent. The "
                "share is organisation coverage as declared, and what is left of it if the compounds that rest on "
                "nothing but these rows are not counted."))  # fmt: skip
    rows = [
        (_trick(str(row.code)), int(row.findings), len(row.compounds),
         _change(int(row.numerator), int(row.without), int(row.denominator)))
        for row in found.itertuples(index=False)
    ]  # fmt: skip
    form.table(
        [_("what was found"), _("findings"), _("compounds"), _("share → without them")], rows, widths=(6, 2, 2, 4)
    )
    for row in frame[frame["code"] == ""].itertuples(index=False):
        said = _("Without the rows of all these rules {left} of {n} compounds remain: {share}.")
        share = _change(int(row.numerator), int(row.without), int(row.denominator))
        form.text(said.format(left=f"{int(row.without):,}", n=f"{int(row.numerator):,}", share=share))


def _trick(code: str) -> str:
    title = proof_words.trick_title(code)
    return code if title == code else f"{code} {title}"


def _change(numerator: int, without: int, denominator: int) -> str:
    return f"{percent(numerator, denominator)} → {percent(without, denominator)}"


def _needed(form: Form, run: Run, names: Names) -> None:
    form.heading(_("What full organisation coverage would need"))
    frame = run.result.plan
    if not len(frame):
        form.text(_("There is nothing to found, to join or to send, or nothing is known to be lacking."))
        return
    form.text(_("For every compound that is not covered the plan asks for one of the following. The least numbers are "
                "bounds by counting: with fewer it cannot be done; the plan is one way to do it."))  # fmt: skip
    bounds = proof.plan_bounds(run)
    form.table([column.heading for column in bounds.columns], bounds.frame.to_numpy(object).tolist(), widths=(6, 2))
    plan = proof.plan(replace(run, result=replace(run.result, plan=frame.head(MOST_STEPS))), names)
    keys = ["kind", "community", "compounds", "because"]
    heads = [column.heading for column in plan.columns if column.key in keys]
    form.text(_("The plan begins with:"))
    form.table(heads, plan.frame[keys].to_numpy(object).tolist(), widths=(3, 2, 5, 5))
    if len(frame) > MOST_STEPS:
        form.text(_rest(len(frame) - MOST_STEPS, plan.title))


def _reconciled(form: Form, run: Run) -> None:
    """Tell how two tellings of one figure come together; nothing where the project tells none twice."""
    ways = reconciled.lines(run, figure_ids(run))
    if not ways:
        return
    form.heading(_("Reconciliation"))
    for line in reconciled.in_brief(run)[:MOST_WAYS]:
        form.text(_ended(line))
    for way in ways[:MOST_WAYS]:
        form.text(_("{key}: {text}").format(key=way["name"], text=way["figure"]))
        form.table(
            [_("line"), _("amount"), _("rows")],
            [(line["label"], f"{line['amount']:,}", "" if line["total"] else f"{line['things']:,}")
             for line in way["lines"]], widths=(8, 2, 2),
        )  # fmt: skip
    if len(ways) > MOST_WAYS:
        form.text(_rest(len(ways) - MOST_WAYS, _("Reconciliation, summed up")))


def _limits(form: Form, run: Run) -> None:
    form.heading(_("Definitions and limits"))
    about = dict(summary.about(run))
    keys = (_("rule set"), _("counts as organisation coverage"), _("registries declared complete"), _("linking"))
    for key in keys:
        if about.get(key):
            form.text(_ended(_("{key}: {text}").format(key=key, text=about[key])))
    form.text(_ended(proof_words.allowance_sentence(run.result.allowance)))
    if len(run.result.matrix):
        form.text(_("Every interval of this report allows for that many wrong links."))
    form.text(_("Unknown is not uncovered: what is unknown stays in the denominator and makes the rate an interval. "
                "“100%” is written only where numerator and denominator are equal."))  # fmt: skip
    form.text(_("The report holds counts of members only; nobody is named in it."))
    for line in (*caveats(run.city), *summary.doubts(run)):
        form.text(_ended(line))
    form.text(_("Every figure can be followed in {file} and in the tables of the run folder down to file, sheet and "
                "cell. Hash of inputs and settings: {hash}.").format(file=WORKBOOK, hash=run.inputs_hash))  # fmt: skip


def _annexes(form: Form, run: Run, names: Names) -> None:
    """List what is attached, and attach the two tables that are read on paper."""
    blocks = [
        block for block in proof.matrix_blocks(run) if block.key in ("matrix.compound.compounds", "matrix.grid.grids")
    ]
    league = ranking.league(run, names, level=STREET)
    attached = [_("Definition matrix: {title}").format(title=block.title) for block in blocks]
    attached += [_("League table of the streets")] if len(league) else []
    attached += [_("Workbook {file}: all tables").format(file=WORKBOOK)]
    form.annexes(attached)
    if not blocks and not len(league):
        return
    form.new_page()
    for at, block in enumerate(blocks, start=1):
        form.annex_title(_("Annex {n}: {title}").format(n=at, title=attached[at - 1]))
        heads = [column.heading for column in block.columns]
        widths = [1.6, *([1.0] * (len(heads) - 1))]
        form.table(heads, block.frame.to_numpy(object).tolist(), widths=widths, small=True)
    if len(league):
        form.annex_title(_("Annex {n}: {title}").format(n=len(blocks) + 1, title=attached[len(blocks)]))
        keys = ["rank", "name", "rate", "numerator", "denominator", "unknown", "to_move_up"]
        heads = [column.heading for column in league.columns if column.key in keys]
        rows = league.frame[keys].head(MOST_PLACES).to_numpy(object).tolist()
        form.table(heads, rows, widths=(2, 3, 3, 2, 2, 2, 2), small=True)
        form.text(league.note)
