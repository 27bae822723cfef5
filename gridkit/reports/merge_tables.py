"""The report of a merge as named tables: the workbook and the page only lay them out."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from gridkit.grids.totals import totals
from gridkit.locale import gettext as _
from gridkit.reports import words
from gridkit.reports.filing_words import MEASURES, short
from gridkit.reports.merge import KINDS, OUTCOMES, POSTS, REASONS, RELATIONS, WHERE, figures
from gridkit.reports.tables import Column, Table, labels_of, table
from gridkit.reports.values import Share
from gridkit.reports.xlsx import MAX_ROWS

if TYPE_CHECKING:
    from gridkit.reports.merge import MergeReport


def facts(report: MergeReport) -> list[tuple[str, Any]]:
    """Return the lines under the title."""
    made, found = report.merged, figures(report)
    inside, drawn = found["in_band"]
    sums = made.shares
    grids = _(", ").join(f"{short(name)} {n:,}" for name, n in found["networks"].items())
    norm = made.plan.norm
    band = f"{words.labelled(MEASURES, norm.measure)} {norm.low}–{norm.high}"
    return [
        (_("Networks (grids)"), grids),
        (_("Codes go on from"), report.base),
        (_("Same border within"), f"{report.tolerance:g} m"),
        (_("Band"), band),
        (_("Merged grids"), len(made.plan)),
        (_("Comprehensive grids in the band"), _ratio(inside, drawn)),
        (_("Agreed borders kept as drawn (m)"),
         _ratio(round(report.drawn["drawn_kept"]), round(report.drawn["drawn_agreed"]))),
        (_("of the rest, through compounds and land that stay whole (m)"), round(report.drawn["drawn_through"])),
        (_("Agreed borders between atoms kept (m)"), _ratio(round(sums["agreed_kept"]), round(sums["agreed"]))),
        (_("of these, where one network alone has grids (m)"), _ratio(round(sums["alone_kept"]), round(sums["alone"]))),
        (_("Borders of some networks kept (m)"), _ratio(round(sums["some_kept"]), round(sums["some"]))),
        (_("Borders that no network had (m)"), round(sums["new"])),
        (_("Codes that are other grids in another network"), int((report.codes["where"] == "across").sum())),
        *((_("{network}: {kind} homed").format(network=key.rpartition(".")[0], kind=_(POSTS[key.rpartition(".")[2]])),
           _ratio(one["homed"], one["in"])) for key, one in found["posts"].items() if one["in"]),
        *((_("To decide: {kind}").format(kind=_(KINDS[kind])), n) for kind, n in found["decisions"].items()),
    ]  # fmt: skip


def _ratio(part: int, whole: int) -> str:
    # rounded down, so that 100 % means all
    share = f" ({part * 1000 // whole / 10:.1f} %)" if whole else ""
    return f"{part:,}/{whole:,}{share}"


def tables(report: MergeReport) -> list[Table]:
    """Return all tables, in the order of their sheets."""
    return [
        decision_table(report), pair_table(report), border_table(report), relation_table(report), area_table(report),
        code_table(report), given_up_table(report), through_table(report), crosswalk_table(report), home_table(report),
        grid_table(report), finding_table(report),
    ]  # fmt: skip


def decision_table(report: MergeReport) -> Table:
    """Return what a person decides."""
    frame = report.decisions
    columns = [
        Column("kind", _("what"), 24), Column("network", _("network"), 16), Column("subject", _("about"), 22),
        Column("text", _("to decide"), 70), Column("n", _("how much"), 10, number=True),
        Column("lon", _("longitude"), 12, page=False), Column("lat", _("latitude"), 12, page=False),
        Column("answer", _("decision"), 24, page=False),
    ]  # fmt: skip
    data: dict[str, Any] = {name: frame[name].tolist() for name in ("network", "text", "n")}
    data |= {"kind": labels_of({key: _(text) for key, text in KINDS.items()}, frame["kind"]),
             "subject": [short(str(text)) for text in frame["subject"]], "answer": [""] * len(frame)}  # fmt: skip
    for axis in ("lon", "lat"):
        data[axis] = [_degrees(value) for value in frame[axis]]
    return table("decisions", _("Decisions"), columns, data)


def _degrees(value: float | None) -> str:
    # as text: the workbook shows numbers with two decimals, and these are a kilometre
    return "" if value is None or value != value else f"{value:.6f}"  # noqa: PLR0124 - NaN


def pair_table(report: MergeReport) -> Table:
    """Return metres of border that every two networks have in common, and that they have not."""
    columns = [
        Column("one", _("first network"), 16), Column("other", _("second network"), 16),
        Column("agree", _("both (m)"), 12, number=True),
        Column("one_alone", _("only the first (m)"), 12, number=True),
        Column("other_alone", _("only the second (m)"), 12, number=True),
        Column("one_elsewhere", _("first, where the second has no grids (m)"), 16, number=True),
        Column("other_elsewhere", _("second, where the first has no grids (m)"), 16, number=True),
        Column("share", _("agreeing"), 10, number=True),
    ]  # fmt: skip
    frame = report.pairs
    data: dict[str, Any] = {name: frame[name].tolist() for name in ("one", "other")}
    for column in columns[2:7]:
        data[column.key] = [round(float(value)) for value in frame[column.key]]
    data["share"] = [Share(value) for value in frame["share"]]
    return table("pairs", _("Borders, two by two"), columns, data)


def border_table(report: MergeReport) -> Table:
    """Return metres of drawn border by the networks that have it."""
    columns = [
        Column("networks", _("networks that have the border"), 30), Column("lacking", _("networks that lack it"), 30),
        Column("length", _("metres"), 12, number=True), Column("agreed", _("agreed"), 10),
    ]  # fmt: skip
    frame = report.borders
    data: dict[str, Any] = {name: frame[name].tolist() for name in ("networks", "lacking")}
    data["length"] = [round(float(value)) for value in frame["length"]]
    data["agreed"] = [_("yes") if value else _("no") for value in frame["agreed"]]
    return table("borders", _("Borders of all networks"), columns, data)


def relation_table(report: MergeReport) -> Table:
    """Return which grids of every two networks are the same, split, merged or without a counterpart."""
    columns = [
        Column("one", _("first network"), 14), Column("grid_one", _("grid of the first"), 22),
        Column("other", _("second network"), 14), Column("grid_other", _("grid of the second"), 22),
        Column("households_one", _("households of the first"), 12, number=True),
        Column("households_other", _("households of the second"), 12, number=True),
        Column("households_both", _("households in both"), 12, number=True),
        Column("relation", _("relation"), 18),
    ]  # fmt: skip
    frame = report.relations
    data: dict[str, Any] = {column.key: frame[column.key].tolist() for column in columns}
    for name in ("households_one", "households_other", "households_both"):
        data[name] = [int(value) for value in frame[name]]
    data["relation"] = labels_of({key: _(text) for key, text in RELATIONS.items()}, frame["relation"])
    return table("relations", _("Grids, two by two"), columns, data)


def area_table(report: MergeReport) -> Table:
    """Return what each network does not cover."""
    columns = [
        Column("network", _("network"), 16), Column("community", _("community"), 28),
        Column("whole", _("nothing of the community"), 14), Column("atoms", _("atoms"), 10, number=True),
        Column("households", _("households"), 12, number=True),
        Column("by_others", _("of these in grids of other networks"), 16, number=True),
        Column("area", _("area (m²)"), 14, number=True),
    ]  # fmt: skip
    frame = report.uncovered
    data: dict[str, Any] = {name: frame[name].tolist() for name in ("network", "atoms", "households", "by_others")}
    data |= {"community": [report.community(code) for code in frame["community"]],
             "whole": [_("yes") if value else _("no") for value in frame["whole"]],
             "area": [round(float(value)) for value in frame["area"]]}  # fmt: skip
    return table("areas", _("Land without grids"), columns, data)


def code_table(report: MergeReport) -> Table:
    """Return codes that stand for different grids."""
    columns = [
        Column("code", _("code"), 22), Column("where", _("where"), 20), Column("grids", _("grids"), 50),
        Column("shared", _("least share in common"), 14, number=True),
    ]  # fmt: skip
    frame = report.codes
    data: dict[str, Any] = {name: frame[name].tolist() for name in ("code", "grids")}
    data |= {"where": labels_of({key: _(text) for key, text in WHERE.items()}, frame["where"]),
             "shared": [Share(value) for value in frame["shared"]]}  # fmt: skip
    return table("codes", _("Codes for different grids"), columns, data)


def given_up_table(report: MergeReport) -> Table:
    """Return agreed borders that the merge does not keep, with the reason."""
    columns = [
        Column("community", _("community"), 26), Column("grid", _("merged grid"), 22),
        Column("a", _("on one side"), 22), Column("b", _("on the other"), 22),
        Column("length", _("metres"), 10, number=True), Column("networks", _("networks that have the border"), 26),
        Column("why", _("reason"), 60),
    ]  # fmt: skip
    frame, codes = report.merged.given_up, report.merged.plan.grids["code"]
    data: dict[str, Any] = {name: frame[name].tolist() for name in ("a", "b")}
    data |= {
        "community": [report.community(code) for code in frame["community"]],
        "grid": [codes[uid] or uid for uid in frame["grid"]], "length": [round(float(n)) for n in frame["length"]],
        "networks": [report.networks_of(bits) for bits in frame["networks"]],
        "why": [_(REASONS[key]).format(n=f"{n:,}") for key, n in zip(frame["reason"], frame["size"], strict=True)],
    }  # fmt: skip
    return table("given_up", _("Agreed borders given up"), columns, data)


def through_table(report: MergeReport) -> Table:
    """Return the atoms through which all networks have drawn a border."""
    columns = [
        Column("community", _("community"), 28), Column("atom", _("land it runs through"), 24),
        Column("households", _("households"), 12, number=True), Column("length", _("metres"), 10, number=True),
        Column("apart", _("nearest border of the merge (m)"), 16, number=True),
        Column("networks", _("networks that have the border"), 26),
    ]  # fmt: skip
    frame = report.through
    data: dict[str, Any] = {
        "community": [report.community(code) for code in frame["community"]],
        "atom": [atom or _("outside all communities") for atom in frame["atom"]],
        "networks": [report.networks_of(bits) for bits in frame["networks"]],
    }  # fmt: skip
    data |= {name: [round(float(n)) for n in frame[name]] for name in ("households", "length", "apart")}
    return table("through", _("Agreed borders through land"), columns, data)


def crosswalk_table(report: MergeReport) -> Table:
    """Return old grid -> merged grid with the share of households."""
    columns = [
        Column("network", _("network"), 14), Column("code", _("old code"), 22), Column("name", _("name"), 20),
        Column("code_new", _("merged grid"), 22),
        Column("households_old", _("households of the old grid"), 12, number=True),
        Column("households_both", _("households in both"), 12, number=True),
        Column("weight", _("share of the old grid"), 12, number=True), Column("relation", _("what became of it"), 18),
    ]  # fmt: skip
    frame = report.merged.crosswalk
    data: dict[str, Any] = {name: frame[name].tolist() for name in ("network", "code_new")}
    data |= {
        "code": [code or key for code, key in zip(frame["code"], frame["key"], strict=True)],
        "name": [short(str(name)) for name in frame["name"]],
        "households_old": [int(n) for n in frame["households_old"]],
        "households_both": [int(n) for n in frame["households_both"]],
        "weight": [Share(value) for value in frame["weight"]],
        "relation": labels_of(_became(), frame["relation"]),
    }  # fmt: skip
    return table("crosswalk", _("Old and merged grids"), columns, data)


def _became() -> dict[str, str]:
    return {"unchanged": _("unchanged"), "boundary": _("border moved"), "split": _("split"), "merge": _("merged"),
            "many": _("rearranged"), "issued": _("newly issued"), "retired": _("retired")}  # fmt: skip


def home_table(report: MergeReport) -> Table:
    """Return where the posts of every old grid go."""
    columns = [
        Column("network", _("network"), 14), Column("kind", _("posts"), 14), Column("code", _("old code"), 22),
        Column("name", _("name"), 20), Column("n", _("how many"), 10, number=True),
        Column("outcome", _("how"), 30), Column("code_new", _("merged grid"), 22),
        Column("weight", _("share of households"), 12, number=True), Column("alternatives", _("others"), 44),
    ]  # fmt: skip
    frame = report.merged.homes
    data: dict[str, Any] = {name: frame[name].tolist() for name in ("network", "alternatives")}
    data |= {
        "kind": labels_of({key: _(text) for key, text in POSTS.items()}, frame["kind"]),
        "code": [short(str(code or key)) for code, key in zip(frame["code"], frame["key"], strict=True)],
        "name": [short(str(name)) for name in frame["name"]], "n": [int(n) for n in frame["n"]],
        "outcome": labels_of({key: _(text) for key, text in OUTCOMES.items()}, frame["outcome"]),
        "code_new": [code or uid for code, uid in zip(frame["code_new"], frame["home"], strict=True)],
        "weight": [Share(value) for value in frame["weight"]],
    }  # fmt: skip
    return table("homes", _("Homes of posts"), columns, data)


def grid_table(report: MergeReport) -> Table:
    """Return the merged grids with their size and the posts that go there."""
    plan = report.merged.plan
    frame = plan.grids.join(totals(plan)).rename_axis("uid").reset_index()
    frame = frame.sort_values(["code", "uid"], ignore_index=True)
    sums = report.merged.homes.groupby(["home", "kind"])["n"].sum()
    columns = [
        Column("code", _("code"), 22), Column("name", _("name"), 20), Column("community", _("community"), 28),
        Column("households", _("households"), 12, number=True), Column("persons", _("persons"), 12, number=True),
        Column("outside", _("outside by"), 10, number=True),
        *(Column(kind, _(text), 10, number=True) for kind, text in POSTS.items()),
    ]  # fmt: skip
    data: dict[str, Any] = {
        "code": [code or uid for code, uid in zip(frame["code"], frame["uid"], strict=True)],
        "name": [short(str(name)) for name in frame["name"]],
        "community": [report.community(str(code)) for code in frame["community"]],
    }  # fmt: skip
    data |= {name: [int(n) for n in frame[name]] for name in ("households", "persons", "outside")}
    data |= {kind: [int(sums.get((uid, kind), 0)) for uid in frame["uid"]] for kind in POSTS}
    return table("grids", _("Merged grids"), columns, data)


def finding_table(report: MergeReport) -> Table:
    """Return what reading and drawing say of the layers."""
    columns = [
        Column("rule", _("rule"), 10), Column("severity", _("severity"), 10), Column("subject", _("about"), 28),
        Column("text", _("finding"), 70), Column("lon", _("longitude"), 12, page=False),
        Column("lat", _("latitude"), 12, page=False),
    ]  # fmt: skip
    rows = list(report.findings.rows())[:MAX_ROWS]
    data: dict[str, Any] = {
        "rule": [row["code"] for row in rows], "severity": [words.severity(row["severity"]) for row in rows],
        "subject": [short(str(row["subject"])) for row in rows],
        "text": [words.finding_sentence(row["code"], row["params"]) for row in rows],
    }  # fmt: skip
    for axis in ("lon", "lat"):
        data[axis] = [_degrees(row[axis]) for row in rows]
    return table("findings", _("Findings of the layers"), columns, data)
