"""The answer sheet: what a perfect audit of the demo city must find."""

from __future__ import annotations

from collections import Counter, defaultdict
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from gridkit.demo.oracle import ORGANISED, WORKED
from gridkit.demo.territory import PLAIN

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from gridkit.demo.city import DemoCity
    from gridkit.demo.territory import Record

Rate = dict[str, Any]

NOT_OBLIGED = ("open_block", "unit", "village")
"""Compound types without a body of owners of their own; local policy, as everywhere where "obliged" is said."""

_STATED = (
    ("全市小区党的组织覆盖率达到100%", "coverage.organisation.declared", "", "compounds", "=", 100),
    ("全市小区党的工作覆盖率达到75%以上", "coverage.work.declared", "", "compounds", ">=", 75),
    ("城市社区小区组织覆盖率达到60%以上", "coverage.organisation.declared", "urban", "compounds", ">=", 60),
    ("每个综合网格都建有党支部", "grids.branch_rate", "", "grids", "=", 100),
    ("95%以上的综合网格建有党支部或党小组", "grids.branch_or_group_rate", "", "grids", ">=", 95),
    ("物业企业党组织组建率30%", "property.organisation_rate", "", "companies", "=", 30),
    ("物业企业党组织组建率100%", "property.organisation_rate", "", "companies_with_members", "=", 100),
    ("机关企事业单位结对率100%", "pairing.units", "", "units", "=", 100),
    ("小区结对率100%", "pairing.compounds", "", "compounds", "=", 100),
    ("业委会委员中党员占比不低于55.2%", "owners.party_share", "", "members", ">=", 55.2),
)
CLAIMS: tuple[dict[str, Any], ...] = tuple(
    dict(zip(("text", "indicator", "scope", "basis", "comparator", "figure"), claim, strict=True)) for claim in _STATED
)
"""Claims that the city makes about itself; ``figure`` in percent."""


def rate(numerator: int, denominator: int, excluded: int = 0, **more: Any) -> Rate:
    """Return one figure of the answer sheet."""
    return {"numerator": numerator, "denominator": denominator, "excluded": excluded, **more}


def indicators(city: DemoCity, unlisted: Iterable[str] = ()) -> dict[str, Any]:
    """Return the true value of every indicator: id -> scope (``""`` = city) -> basis -> figure.

    The management mode of the compounds ``unlisted`` stands nowhere: the compound registry leaves them out, or their
    row in it is hidden and therefore held. It is unknown.
    """
    out: dict[str, dict[str, dict[str, Rate]]] = defaultdict(lambda: defaultdict(dict))
    homes = city.tables["compounds"]
    scopes: dict[str, list[Record]] = {"": list(homes)}
    for klass in ("urban", "township"):
        scopes[klass] = [home for home in homes if home["klass"] == klass]
    for scope, members in scopes.items():
        for name, test in _coverage_tests(city).items():
            out[name][scope]["compounds"] = rate(sum(test(home) for home in members), len(members))
            covered = sum(home["households"] for home in members if test(home))
            out[name][scope]["households"] = rate(covered, sum(home["households"] for home in members))
    _gap(out)
    _modes(city, out, set(unlisted))
    _grids(city, out)
    if city.size not in PLAIN:
        _property(city, out)
        _committees(city, out)
        _pairing(city, out)
        _ledgers(city, out)
    return {name: dict(by_scope) for name, by_scope in out.items()}


def _coverage_tests(city: DemoCity) -> dict[str, Callable[[Record], bool]]:
    truth = city.truth

    def tested(statuses: tuple[str, ...], valid: bool) -> Callable[[Record], bool]:
        def test(home: Record) -> bool:
            mine = truth[home["id"]]
            return mine.status in statuses and (not valid or mine.valid == "yes")

        return test

    return {
        f"coverage.{measure}.{sense}": tested(statuses, sense == "valid")
        for measure, statuses in (("organisation", ORGANISED), ("work", WORKED))
        for sense in ("declared", "valid")
    }


def _gap(out: dict[str, Any]) -> None:
    figures = out["coverage.organisation.declared"]
    points = [
        100 * Fraction(figures[k]["compounds"]["numerator"], figures[k]["compounds"]["denominator"])
        for k in ("urban", "township")
    ]
    value = {"urban": round(float(points[0]), 6), "township": round(float(points[1]), 6)}
    out["gap.organisation"][""]["compounds"] = {**value, "points": round(float(points[0] - points[1]), 6)}


def _modes(city: DemoCity, out: dict[str, Any], unlisted: set[str]) -> None:
    cells: dict[str, list[Record]] = defaultdict(list)
    for home in city.tables["compounds"]:
        age = "old" if home["built_year"] <= 2000 else "new"
        mode = "unknown" if home["id"] in unlisted else home["management_mode"]
        cells[f"{mode}/{age}"].append(home)
    for scope, members in sorted(cells.items()):
        covered = sum(city.truth[home["id"]].status in ORGANISED for home in members)
        out["mode.covered"][scope]["compounds"] = rate(covered, len(members))


def _grids(city: DemoCity, out: dict[str, Any]) -> None:
    held: dict[str, set[str]] = defaultdict(set)
    for row in city.tables["branches"]:
        if row["status"] == "active" and row["branch_kind"] in {"grid", "exclusive_grid_group"}:
            for code in row["covers"]:
                held[code].add("group" if row["org_level"] == "group" else "branch")
    plain = [grid for grid in city.tables["grids"] if grid["kind"] == "comprehensive"]
    exclusive = [grid["code"] for grid in city.tables["grids"] if grid["kind"] == "exclusive"]
    out["grids.branch_rate"][""]["grids"] = rate(sum("branch" in held[g["code"]] for g in plain), len(plain))
    out["grids.branch_or_group_rate"][""]["grids"] = rate(sum(bool(held[g["code"]]) for g in plain), len(plain))
    out["exclusive.group_rate"][""]["grids"] = rate(sum(bool(held[code]) for code in exclusive), len(exclusive))
    out["load.households_per_grid"][""]["households"] = rate(sum(g["households"] for g in plain), len(plain))


def _property(city: DemoCity, out: dict[str, Any]) -> None:
    companies = city.tables["companies"]
    organised = {company["id"] for company in companies if company["party_form"] in {"own", "joint"}}
    figures = out["property.organisation_rate"][""]
    figures["companies"] = rate(len(organised), len(companies))
    with_members = [company["id"] for company in companies if company["members"] > 0]
    figures["companies_with_members"] = rate(
        sum(code in organised for code in with_members), len(with_members), len(companies) - len(with_members)
    )
    sites = city.tables["service"]
    figures["sites"] = rate(sum(site["company"] in organised for site in sites), len(sites))


def _committees(city: DemoCity, out: dict[str, Any]) -> None:
    bodies = city.tables["committees"]
    owners = [body for body in bodies if body["body_kind"] == "owners_committee"]
    seats, party = sum(body["members"] for body in owners), sum(body["party_members"] for body in owners)
    out["owners.party_share"][""]["members"] = rate(party, seats)
    if owners:
        least = min(owners, key=lambda body: Fraction(body["party_members"], body["members"]))
        out["owners.party_share_min"][""]["members"] = rate(least["party_members"], least["members"])
    governed = {b["compound"] for b in bodies if b["body_kind"] in {"owners_committee", "management_committee"}}
    homes = city.tables["compounds"]
    obliged = {home["id"] for home in homes if home["compound_type"] not in NOT_OBLIGED}
    figure = rate(len(governed & obliged), len(obliged), len(homes) - len(obliged))
    out["governance.body_rate"][""]["compounds"] = figure


def _pairing(city: DemoCity, out: dict[str, Any]) -> None:
    pairs, premises = city.tables["pairings"], city.tables["premises"]
    by_kind: dict[str, set[tuple[str, str]]] = defaultdict(set)
    for pair in pairs:
        by_kind[pair["target_kind"]].add((pair["unit"], pair["target"]))
    units = city.tables["units"]
    out["pairing.units"][""]["units"] = rate(len({pair["unit"] for pair in pairs}), len(units))
    for kind, table, name in (
        ("community", "communities", "pairing.communities"),
        ("compound", "compounds", "pairing.compounds"),
    ):
        out[name][""][table] = rate(len({target for _, target in by_kind[kind]}), len(city.tables[table]))
    holders = {row["unit"] for row in premises}
    kept = {row["unit"] for row in premises if (row["unit"], row["compound"]) in by_kind["compound"]}
    out["premises.priority_kept"][""]["units"] = rate(len(kept), len(holders))
    place = {home["id"]: home["community"] for home in city.tables["compounds"]}
    met = by_kind["community"] | {(unit, place[target]) for unit, target in by_kind["compound"]}
    out["load.units_per_community"][""]["units"] = rate(len(met), len(city.tables["communities"]))


def _ledgers(city: DemoCity, out: dict[str, Any]) -> None:
    rows = city.tables["ledgers"]
    issues = [row for row in rows if row["kind"] == "issue"]
    promised = sum(bool(row["promised_on"]) for row in issues)
    resolved = sum(bool(row["resolved_on"]) for row in issues)
    out["ledger.promised"][""]["items"] = rate(promised, len(issues))
    out["ledger.resolved_of_promised"][""]["items"] = rate(resolved, promised)
    out["ledger.resolved"][""]["items"] = rate(resolved, len(issues))
    needs = {row["id"] for row in rows if row["kind"] == "need"}
    met = {row["answers"] for row in rows if row["kind"] == "project"} & needs
    out["lists.match_rate"][""]["needs"] = rate(len(met), len(needs))


def verdict(claim: Mapping[str, Any], figures: Mapping[str, Any]) -> dict[str, Any]:
    """Return the true verdict on a claim; an equality holds where the true percentage rounds to the stated figure."""
    figure = figures[claim["indicator"]][claim.get("scope", "")][claim["basis"]]
    exact = Fraction(figure["numerator"], figure["denominator"]) * 100
    stated = Fraction(str(claim["figure"]))
    if claim["comparator"] == ">=":
        holds = exact >= stated
    elif stated == 100:
        holds = exact == stated
    else:
        holds = abs(exact - stated) <= Fraction(1, 20)
    return {
        "text": claim["text"],
        "indicator": claim["indicator"],
        "verdict": "upheld" if holds else "refuted",
        **figure,
    }


def answer_sheet(
    city: DemoCity,
    unlinkable: Iterable[str] = (),
    planted: Iterable[dict[str, Any]] = (),
    *,
    unlisted: Iterable[str] = (),
    tricks: Mapping[str, list[str]] | None = None,
) -> dict[str, Any]:
    """Return the whole answer sheet as plain values.

    Parameters
    ----------
    unlinkable : iterable of str
        Compounds whose only evidence is written in a way that a strict linker leaves to a person.
    planted : iterable of dict
        Every planted defect with its place in the written files.
    unlisted : iterable of str
        Compounds that the compound registry leaves out, or of which it hides the row.
    tricks : mapping of str to list of str
        The true offenders of A101-A114 (see :mod:`gridkit.demo.oracle_tricks`).
    """
    hidden = set(unlinkable)
    compounds = {
        code: {
            "status": truth.status, "organisation": truth.organisation, "work": truth.work, "valid": truth.valid,
            "reason": truth.reason, "via": list(truth.via), "linkable": code not in hidden,
        }
        for code, truth in city.truth.items()
    }  # fmt: skip
    figures = indicators(city, unlisted)
    claims = [verdict(claim, figures) for claim in CLAIMS if claim["indicator"] in figures]
    totals: dict[str, Any] = {name: len(rows) for name, rows in city.tables.items()}
    totals["by_status"] = city.by_status()
    totals["by_branch_kind"] = dict(sorted(Counter(row["branch_kind"] for row in city.tables["branches"]).items()))
    return {
        "city": {"name": city.name, "size": city.size, "seed": city.seed, "as_of": city.as_of},
        "compounds": compounds,
        "indicators": figures,
        "claims": claims,
        "totals": totals,
        "planted": sorted(planted, key=lambda p: (p["file"], p["row"], p["column"], p["kind"], p["subject"])),
        "tricks": dict(tricks or {}),
    }
