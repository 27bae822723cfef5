"""Tricks, definition matrix and claims on one large city: ``python -m benchmarks.rules [--tiny]``.

10,000 compounds and 100,000 registry rows, put together without files and without a linker: what is measured is the
pass of the rules alone. Most kinds of tricks occur in it, thousands of times. Printed are cpu seconds; the target for
all of them together is one second.
"""

from __future__ import annotations

import argparse
import datetime as dt
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from gridkit.audit import judge, measure
from gridkit.audit.matrix import build_matrix
from gridkit.audit.tricks import impact, search, told
from gridkit.coverage import check_coverage, check_tree, cover
from gridkit.model import Allowance, Attributes, City, Findings, Layer, Links, Places, Registry, Source, conform
from gridkit.model.fields import LAYER_FIELDS, REGISTRY_FIELDS
from gridkit.model.results import LINK_COLUMNS
from gridkit.rules.ruleset import load_ruleset

if TYPE_CHECKING:
    from gridkit.model import Coverage, Indicators
    from gridkit.rules.ruleset import RuleSet

CRS: Final = "EPSG:4545"
AS_OF: Final = "2024-06-30"
PER_COMMUNITY: Final = 20
_LETTERS: Final = "金银翠碧锦绣紫丹青云"
SHARES: Final = {"branches": 40, "compounds": 10, "units": 15, "pairings": 20, "premises": 5, "property_service": 10}
"""Of a hundred registry rows, how many stand in each registry."""


@dataclass(frozen=True)
class World:
    """A city with its links, coverage and the findings of the earlier rooms."""

    city: City
    places: Places
    links: Links
    attributes: Attributes
    coverage: Coverage
    indicators: Indicators
    findings: tuple[Findings, ...]
    ruleset: RuleSet

    @property
    def values(self) -> tuple[City, Places, Links, Attributes, Coverage]:
        """What all of the audit is made from."""
        return self.city, self.places, self.links, self.attributes, self.coverage


def make_world(compounds: int, rows: int, *, seed: int = 0) -> World:
    """Return a city of so many compounds and registry rows."""
    dice = np.random.default_rng(seed)
    number = np.arange(compounds)
    codes = np.array([f"c{n:06d}" for n in number], dtype=object)
    community = np.array([f"9901010{n:05d}" for n in number // PER_COMMUNITY], dtype=object)
    layers = _layers(codes, community, dice)
    sizes = {kind: rows * share // 100 for kind, share in SHARES.items()}
    tables = {
        "compounds": _compounds(codes, sizes["compounds"], dice),
        "branches": _branches(codes, community, sizes["branches"], dice),
        **_units(codes, community, sizes, dice),
    }
    registries, records = {}, []
    for kind, (table, mentions) in tables.items():
        frame = _numbered(kind, table)
        registries[kind] = Registry(kind, frame, complete=True, given=frozenset(table.columns))
        for field, level, at, targets in mentions:
            records.append((frame.index.to_numpy()[at], field, level, targets))
    sources = tuple(Source(f"{kind}.xlsx", "0" * 64, kind, sheet="Sheet1", rows_in=len(one), kept=len(one),
                           complete=True) for kind, one in registries.items())  # fmt: skip
    city = City("large", CRS, dt.date.fromisoformat(AS_OF), layers, registries, sources)
    grid = np.full(compounds, "", dtype=object)
    street = np.array([code[:9] for code in community], dtype=object)
    places = Places(pd.DataFrame({"grid": grid, "community": community, "street": street, "method": "contains",
                                  "share": 1.0}, index=pd.Index(codes, name="code")))  # fmt: skip
    return _decided(city, places, _links(records))


def _decided(city: City, places: Places, links: Links) -> World:
    fields = list(LAYER_FIELDS["compound"])
    layer = city.layers["compound"].frame
    frame = pd.DataFrame(layer[fields])
    cells = (layer["src"] + "!" + layer["row"].astype(str)).astype("object")
    origin = pd.DataFrame(dict.fromkeys(fields, cells), index=layer.index)
    attributes, ruleset = Attributes(frame, origin), load_ruleset()
    coverage = cover(city, places, links, attributes, ruleset)
    consistency = check_coverage(city, places, links, attributes, coverage, ruleset)
    tree = check_tree(city, places, links, thresholds=ruleset.thresholds)
    indicators = measure(city, places, links, attributes, coverage)
    return World(city, places, links, attributes, coverage, indicators, (consistency, tree), ruleset)


def _layers(codes: np.ndarray, community: np.ndarray, dice: np.random.Generator) -> dict[str, Layer]:
    size = len(codes)
    x, y = 500_000 + (np.arange(size) % 100) * 120.0, 2_940_000 + (np.arange(size) // 100) * 120.0
    homes = pd.DataFrame({
        "name": [f"第{n}小区" for n in range(size)], "community_code": community,
        "compound_type": np.where(np.arange(size) % 17 == 0, "unit", "commercial"),
        "formal_members": dice.integers(0, 9, size), "eligible": np.where(dice.random(size) < 0.5, "yes", "no"),
        "households": dice.integers(60, 1_500, size), "population": dice.integers(150, 4_000, size),
        "coverage_claimed": np.where(dice.random(size) < 0.6, "单独组建", "无"),
        "instructor": np.where(dice.random(size) < 0.2, "yes", "no"),
    }, index=pd.Index(codes, name="code"))  # fmt: skip
    areas = pd.DataFrame({"name": [f"第{n}社区" for n in range(len(np.unique(community)))], "community_type": "urban"},
                         index=pd.Index(np.unique(community), name="code"))  # fmt: skip
    where = np.arange(len(areas))
    shapes = {
        "compound": shapely.box(x, y, x + 60, y + 60),
        "community": shapely.box(
            left := 500_000 + where % 5 * 2_400.0, low := 2_940_000 + where // 5 * 120.0, left + 2_400, low + 120
        ),
    }
    found = {}
    for level, table in (("compound", homes), ("community", areas)):
        frame = conform(table.assign(src=f"{level}.gpkg!{level}", row=range(1, len(table) + 1)), LAYER_FIELDS[level])
        found[level] = Layer(level, gpd.GeoDataFrame(frame, geometry=shapes[level], crs=CRS), frozenset(table.columns))
    return found


def _compounds(codes: np.ndarray, rows: int, dice: np.random.Generator) -> tuple[pd.DataFrame, list[Any]]:
    """The compound registry: 4 % are left out, some rows are copies of the row before."""
    listed = np.flatnonzero(dice.random(len(codes)) > 0.04)[:rows]
    households, population = dice.integers(60, 1_500, len(listed)), dice.integers(150, 4_000, len(listed))
    for start in range(50, len(listed) - 10, 1_000):
        households[start : start + 6], population[start : start + 6] = households[start], population[start]
    table = pd.DataFrame({
        "name": [f"第{n}小区" for n in listed], "households": households, "population": population,
        "buildings": np.repeat(9, len(listed)),
        "coverage_claimed": np.where(dice.random(len(listed)) < 0.7, "单独组建", "无"),
        "compound_type": np.where(dice.random(len(listed)) < 0.01, "unit", "commercial"),
    })  # fmt: skip
    return table, [("compound", "compound", np.arange(len(listed)), codes[listed])]


def _branches(
    codes: np.ndarray, community: np.ndarray, rows: int, dice: np.random.Generator
) -> tuple[pd.DataFrame, list[Any]]:
    """Own branches over a third of the compounds, joint ones over the rest, groups and unit branches beside them."""
    own = np.flatnonzero(dice.random(len(codes)) < 0.34)
    rest = np.setdiff1d(np.arange(len(codes)), own)
    rest = rest[dice.random(len(rest)) < 0.8]  # the others have none
    rest = rest[: len(rest) // 8 * 8].reshape(-1, 8)  # some of eight, over the limit, most of four
    joints = [part for row in rest for part in ([row] if dice.random() < 0.05 else [row[:4], row[4:]])]
    twins = own[: len(own) // 100]
    kinds = ["compound"] * (len(own) + len(twins)) + ["joint"] * len(joints)
    lists = [[n] for n in own] + [[n] for n in twins] + [part.tolist() for part in joints]
    more = max(rows - len(kinds), 0)
    seat = np.r_[[part[0] for part in lists], dice.integers(0, len(codes), more)].astype(int)
    size = len(seat)
    table = pd.DataFrame({
        "name": [f"{_word(n)}支部" for n in range(size)], "branch_kind": kinds + ["unit"] * more, "org_level": "branch",
        "community_code": community[seat], "formal_members": dice.integers(0, 30, size),
        "members": dice.integers(3, 40, size), "covers": [("x" if n < len(lists) else "") for n in range(size)],
        "founded_on": "2021-05-04", "term_end": np.where(dice.random(size) < 0.1, "2023-12-31", "2026-12-31"),
        "branch_status": "active", "secretary": np.where(dice.random(size) < 0.1, "no", "yes"),
    })  # fmt: skip
    table.loc[len(own) : len(own) + len(twins) - 1, "formal_members"] = table["formal_members"].to_numpy()[: len(twins)]
    table.loc[len(own) : len(own) + len(twins) - 1, "term_end"] = table["term_end"].to_numpy()[: len(twins)]
    at = np.repeat(np.arange(len(lists)), [len(part) for part in lists])
    places = np.concatenate([np.asarray(part) for part in lists]).astype(int)
    mentions = [("covers", "compound", at, codes[places]),
                ("community", "community", np.arange(size), community[seat])]  # fmt: skip
    return table, mentions


def _units(
    codes: np.ndarray, community: np.ndarray, sizes: dict[str, int], dice: np.random.Generator
) -> dict[str, tuple[pd.DataFrame, list[Any]]]:
    """Units, their premises and pairs, and property service."""
    count = sizes["units"]
    seat = dice.integers(0, len(codes), count)
    units = pd.DataFrame({"unit_id": [f"U{n}" for n in range(count)], "name": [f"第{n}单位" for n in range(count)],
                          "members": dice.integers(5, 90, count)})  # fmt: skip
    found: dict[str, tuple[pd.DataFrame, list[Any]]] = {
        "units": (units, [("community", "community", np.arange(count), community[seat])])
    }
    unit_rows = np.array([f"units.xlsx!Sheet1!{n + 3}" for n in range(count)], dtype=object)
    for kind, field in (("pairings", "target"), ("premises", "compound")):
        size = sizes[kind]
        who = dice.integers(0, count, size)
        near = seat[who] if kind == "premises" else np.clip(seat[who] + dice.integers(-1, 2, size), 0, len(codes) - 1)
        where = np.where(dice.random(size) < 0.95, near, dice.integers(0, len(codes), size))
        table = pd.DataFrame({"unit_name": [f"第{n}单位" for n in who]})
        if kind == "pairings":
            table["target_kind"] = "compound"
        found[kind] = (table, [("unit", "unit", np.arange(size), unit_rows[who]),
                               (field, "compound", np.arange(size), codes[where])])  # fmt: skip
    size = sizes["property_service"]
    served = dice.integers(0, len(codes), size)
    table = pd.DataFrame({"company_name": [f"第{n % 200}物业" for n in range(size)]})
    found["property_service"] = (table, [("compound", "compound", np.arange(size), codes[served])])
    return found


def _word(number: int) -> str:
    """Return a name without numerals, which would tell two branches apart."""
    return "".join(_LETTERS[int(digit)] for digit in str(number))


def _numbered(kind: str, table: pd.DataFrame) -> pd.DataFrame:
    table = table.assign(src=f"{kind}.xlsx!Sheet1", row=range(3, len(table) + 3))
    index = pd.Index([f"{kind}.xlsx!Sheet1!{row}" for row in table["row"]], dtype="object", name="row_id")
    return conform(table.set_axis(index), REGISTRY_FIELDS[kind])


def _links(parts: list[tuple[np.ndarray, str, str, np.ndarray]]) -> Links:
    frames = [pd.DataFrame({"record": record, "field": field, "level": level, "code": code}, dtype=object)
              for record, field, level, code in parts]  # fmt: skip
    frame = pd.concat(frames, ignore_index=True)
    frame["position"] = frame.groupby(["record", "field"]).cumcount()
    frame = frame.assign(mention="x", method="name+parent", score=9.0, margin=4.0, rank=1, accepted=True)
    frame["reason"] = [{}] * len(frame)
    return Links(frame[list(LINK_COLUMNS)])


def run(world: World) -> dict[str, float]:
    """Return the cpu seconds of tricks, matrix and claims."""
    laps: dict[str, float] = {}
    start = time.process_time()
    tricks = search(*world.values, ruleset=world.ruleset, findings=world.findings)
    found = told(tricks, world.city)
    impact(tricks, world.coverage, ruleset=world.ruleset)
    laps["tricks"] = time.process_time() - start
    print("found: " + ", ".join(f"{code} {n}" for code, n in found.counts().items()))
    start = time.process_time()
    build_matrix(*world.values, allowance=Allowance())
    laps["matrix"] = time.process_time() - start
    start = time.process_time()
    judge((), world.indicators, world.city)
    laps["claims"] = time.process_time() - start
    return laps


def main(arguments: list[str] | None = None) -> float:
    """Measure and print; return the cpu seconds of the tricks."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--tiny", action="store_true")
    options = parser.parse_args(arguments)
    size, rows = (400, 4_000) if options.tiny else (10_000, 100_000)
    world = make_world(size, rows)
    told_rows = sum(len(one) for one in world.city.registries.values())
    print(f"{size} compounds, {told_rows} registry rows, {len(world.links.frame)} links")
    laps = run(world)
    print("cpu s: " + ", ".join(f"{name} {seconds:.2f}" for name, seconds in laps.items()))
    return laps["tricks"]


if __name__ == "__main__":
    main()
