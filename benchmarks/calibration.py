"""Is an audit as sure as it says? Intervals, shades and tricks of generated worlds against their truth.

``python -m benchmarks.calibration [--tiny] [--worlds 40]`` makes worlds of :mod:`benchmarks.audit_worlds`, audits each
through the functions that ``gridkit audit`` calls, and compares with the truth: how often the true coverage lies in the
interval, how many of the compounds said to be surely uncovered are so, and how many tricks are found, with links made
from the truth and through the linker. Targets: the widened intervals hold in 95 % of the worlds, "confirmed" is right
in 97 %, tricks are found exactly on true links and with precision and recall of .85 through the linker.
"""

from __future__ import annotations

import argparse
import math
import random
import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

import pandas as pd
from scipy.stats import beta

from benchmarks.audit_worlds import AuditWorld, make_audit_world
from gridkit.audit import measure
from gridkit.coverage import cover
from gridkit.geo import place
from gridkit.linkage import link, merge_attributes
from gridkit.model import Allowance, Links
from gridkit.rules.ruleset import load_ruleset

if TYPE_CHECKING:
    from gridkit.model import Attributes, Coverage, Indicators, Places

SAMPLE: Final = 300
"""Accepted links that a person is imagined to check."""
MEASURES: Final = ("declared", "valid")
WEIGHTS: Final = ("compounds", "households")


@dataclass(frozen=True)
class Audited:
    """One world after one way of linking."""

    world: AuditWorld
    places: Places
    links: Links
    attributes: Attributes
    coverage: Coverage
    indicators: Indicators
    seconds: float


@dataclass
class Tally:
    """Counts of right, given and wanted, for precision and recall."""

    right: int = 0
    given: int = 0
    wanted: int = 0

    def add(self, given: set[str], wanted: set[str]) -> None:
        """Count one comparison."""
        self.right += len(given & wanted)
        self.given += len(given)
        self.wanted += len(wanted)

    @property
    def precision(self) -> float:
        """Right of given; NaN where nothing was."""
        return self.right / self.given if self.given else math.nan

    @property
    def recall(self) -> float:
        """Right of wanted; NaN where nothing was."""
        return self.right / self.wanted if self.wanted else math.nan


@dataclass
class Report:
    """What all worlds together say."""

    intervals: list[dict[str, Any]] = field(default_factory=list)
    confirmed: Tally = field(default_factory=Tally)
    links: Tally = field(default_factory=Tally)
    seconds: list[float] = field(default_factory=list)


def audited(world: AuditWorld, links: Links | None = None) -> Audited:
    """Link (or take ``links``), cover and measure a world."""
    start = time.process_time()
    places = place(world.city)
    links = link(world.city, places) if links is None else links
    attributes, _ = merge_attributes(world.city, links)
    coverage = cover(world.city, places, links, attributes, load_ruleset())
    indicators = measure(world.city, places, links, attributes, coverage)
    return Audited(world, places, links, attributes, coverage, indicators, time.process_time() - start)


def true_figures(world: AuditWorld) -> dict[tuple[str, str], tuple[int, int]]:
    """Return numerator and denominator of every measure and weight."""
    found = {}
    for measure_ in MEASURES:
        held = [
            home
            for home in world.homes
            if (truth := world.truth[home["id"]]).organisation == "yes"
            and (measure_ == "declared" or truth.valid == "yes")
        ]
        found[measure_, "compounds"] = (len(held), len(world.homes))
        homes = (sum(home["households"] for home in part) for part in (held, world.homes))
        found[measure_, "households"] = (next(homes), next(homes))
    return found


def accepted_names(one: Audited) -> pd.DataFrame:
    """Return the accepted links of branch lists and of the compound registry with ``right``."""
    frame = one.links.accepted("compound")
    keys = zip(frame["record"], frame["field"], frame["position"], frame["code"], strict=True)
    meant, listed = one.world.meant, one.world.listed
    right = [(meant[r, p] if name == "covers" else listed[r]) == code for r, name, p, code in keys]
    return frame.assign(right=right)


def measured_allowance(one: Audited, seed: int) -> Allowance:
    """Return the allowance from a sample of checked links: the upper end of an exact one-sided interval of 95 %."""
    right = accepted_names(one)["right"].to_list()
    sample = random.Random(f"{seed}/sample").sample(right, min(SAMPLE, len(right)))
    wrong = len(sample) - sum(sample)
    rate = float(beta.ppf(0.95, wrong + 1, len(sample) - wrong))
    return Allowance(rate, len(sample), wrong)


def intervals(one: Audited, seed: int) -> list[dict[str, Any]]:
    """Return, per measure and weight, the three intervals and whether the truth lies in each."""
    found = []
    truth = true_figures(one.world)
    for (name, weight), (numerator, denominator) in truth.items():
        row = one.indicators.get(f"coverage.organisation.{name}", basis=weight)
        plain = (int(row["numerator"]), int(row["numerator"] + row["unknown"]))
        ends = {"plain": plain}
        for kind, allowance in (("one_percent", Allowance()), ("measured", measured_allowance(one, seed))):
            ends[kind] = widened(one, (name, weight), plain, allowance)
        found.append({"measure": name, "weight": weight, "true": numerator / denominator, "denominator": denominator}
                     | {f"{kind}_in": low <= numerator <= high for kind, (low, high) in ends.items()}
                     | {f"{kind}_width": (high - low) / denominator for kind, (low, high) in ends.items()}
                     | {"low_bias": (plain[0] - numerator) / denominator})  # fmt: skip
    return found


def widened(one: Audited, what: tuple[str, str], plain: tuple[int, int], allowance: Allowance) -> tuple[int, int]:
    """Return the interval widened by ``allowance``."""
    row = one.indicators.get(f"coverage.organisation.{what[0]}", basis=what[1])
    more = math.ceil(allowance.rate * int(row["numerator"]))
    return plain[0] - more, plain[1] + more


def run(worlds: range, compounds: int) -> Report:
    """Audit all worlds and collect what they say."""
    report = Report()
    for seed in worlds:
        world = make_audit_world(compounds, seed=seed)
        one = audited(world)
        report.seconds.append(one.seconds)
        report.intervals += [{"seed": seed, **row} for row in intervals(one, seed)]
        names = accepted_names(one)
        report.links.right += int(names["right"].sum())
        report.links.given += len(names)
        report.links.wanted += sum(map(bool, (*world.meant.values(), *world.listed.values())))
    return report


def table(report: Report) -> pd.DataFrame:
    """Return, per measure and weight, the share of worlds whose truth lies in each interval, and the mean widths."""
    frame = pd.DataFrame(report.intervals).groupby(["measure", "weight"], sort=False)
    columns = [f"{kind}_{what}" for kind in ("plain", "one_percent", "measured") for what in ("in", "width")]
    return frame[["true", *columns, "low_bias"]].mean().round(4)


def main(arguments: list[str] | None = None) -> Report:
    """Print all tables."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--tiny", action="store_true")
    parser.add_argument("--worlds", type=int, default=40)
    options = parser.parse_args(arguments)
    worlds, compounds = (range(1, 3), 250) if options.tiny else (range(1, options.worlds + 1), 2_000)
    report = run(worlds, compounds)
    print(table(report).to_string())
    print(f"links: precision {report.links.precision:.4f}, recall {report.links.recall:.4f}")
    print(f"{len(worlds)} worlds of {compounds} compounds, {sum(report.seconds) / len(worlds):.2f} cpu s each")
    return report


if __name__ == "__main__":
    main()
