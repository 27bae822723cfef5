"""What a map may say: the internal and the public profile, fields by allow-list, places that are never published."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence  # noqa: TC003  # the annotations of Options are read when it is made
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, TypedDict

import pandas as pd

from gridkit.errors import UsageError
from gridkit.io.map_settings import EVIDENCE, FIELDS, NEEDED, PROFILES
from gridkit.locale import N_
from gridkit.model.fields import COMPOUND, GRID

if TYPE_CHECKING:
    from gridkit.model import City, Links, Run

PUBLIC_FIELDS: Final = ("name", "initials", "type", "households", *NEEDED, "reason")
"""Fields of a public map where the project names none."""
FEW_HOUSEHOLDS: Final = 30
"""A public map says of smaller compounds only where they are and their status (a choice of ours: households of a small
compound could be recognised)."""
FEW: Final = 3
"""Counts of persons and households below this are said as "<3" on a public map."""
BANDED: Final = f"<{FEW}"
_MILITARY: Final = re.compile("部队|军队|驻军|军区|军分区|武警|人武部|人民武装|营区|军营|干休所|军事")


class Settings(TypedDict, total=False):
    """Keywords of :func:`gridkit.maps.coverage_map`; see :class:`Options`."""

    title: str | None
    profile: str
    approval_no: str
    basemap: object
    fields: Sequence[str]
    both_languages: bool | None


@dataclass(frozen=True, kw_only=True)
class Options:
    """What a map shows and to whom.

    Parameters
    ----------
    title : str, optional
        Title of the page; by default made from the city's name.
    profile : str
        ``internal`` (with evidence, marked 内部资料) or ``public``.
    approval_no : str
        Map approval number (审图号), for the foot of the page.
    basemap : object, optional
        As of :class:`gridkit.maps.GridMap`; None for none.
    fields : sequence of str
        Fields of compounds that may be shown, of ``FIELDS``; empty for those of the profile.
    both_languages : bool, optional
        Whether the page carries Chinese and English; None for pages of up to 20,000 compounds.

    Raises
    ------
    UsageError
        An unknown profile or field.

    Examples
    --------
    >>> Options(profile="public").shown()[:3], "records" in Options().shown()
    (('name', 'initials', 'type'), True)
    """

    title: str | None = None
    profile: str = "internal"
    approval_no: str = ""
    basemap: object = None
    fields: Sequence[str] = ()
    both_languages: bool | None = None

    def __post_init__(self) -> None:
        if self.profile not in PROFILES:
            raise UsageError(
                N_("{profile} is not a profile of a map"),
                remedy=N_("choose internal or public"),
                profile=str(self.profile),
            )
        strange = [str(name) for name in self.fields if name not in FIELDS]
        if strange:
            raise UsageError(
                N_("{field} is not a field of the map"),
                remedy=N_("choose of: {known}"),
                field=", ".join(strange),
                known=", ".join(FIELDS),
            )

    @property
    def public(self) -> bool:
        """Whether the map is for publication."""
        return self.profile == "public"

    def shown(self) -> tuple[str, ...]:
        """Return the fields of a compound that the map shows, those that it needs included, in the order of FIELDS."""
        asked = set(self.fields) or set(PUBLIC_FIELDS if self.public else FIELDS)
        allowed = asked - set(EVIDENCE) if self.public else asked
        if "name" not in allowed:
            allowed.discard("initials")
        return tuple(name for name in FIELDS if name in allowed or name in NEEDED)


def from_project(settings: Mapping[str, Any]) -> Settings:
    """Return the keywords of a map that a project's settings (``Run.settings``) state.

    ``[map]`` outranks ``profile`` of ``[project]``.

    >>> from_project({"profile": "public", "map": {"title": "A", "fields": ["name"]}})
    {'profile': 'public', 'title': 'A', 'fields': ['name']}
    """
    stated = settings.get("map")
    found: Settings = {"profile": str(settings.get("profile") or "internal")}
    for key in ("profile", "title", "approval_no", "basemap", "fields"):
        if isinstance(stated, dict) and stated.get(key):
            found[key] = stated[key]
    return found


def reduced(columns: pd.DataFrame, options: Options) -> pd.DataFrame:
    """Return the columns of compounds with everything emptied that the map may not show.

    A public map also bands small counts, and says of compounds with few households only where they are and their
    status.

    Parameters
    ----------
    columns : pandas.DataFrame
        All of ``FIELDS``; ``households`` and ``formal_members`` as ``Int64``.
    options : Options
    """
    columns = columns.copy()
    if options.public:
        homes = columns["households"]
        few = (homes < FEW_HOUSEHOLDS).fillna(False).to_numpy(dtype=bool)
        for name in ("type", "rule", "reason", "unit", "company"):
            columns[name] = columns[name].mask(few, "")
        columns["households"] = homes.mask(few)
        columns["formal_members"] = banded(columns["formal_members"].mask(few))
    for name in columns.columns.difference(options.shown()):
        columns[name] = _emptied(columns[name])
    return columns


def banded(counts: pd.Series) -> pd.Series:
    """Return counts as text, small ones as "<3"; missing stays missing.

    >>> banded(pd.Series([0, 2, 3, None], dtype="Int64")).tolist()
    ['<3', '<3', '3', None]
    """
    said = [None if pd.isna(count) else BANDED if count < FEW else str(count) for count in counts]
    return pd.Series(said, index=counts.index, dtype="object")


def _emptied(column: pd.Series) -> pd.Series:
    if column.name in EVIDENCE:
        return pd.Series([()] * len(column), index=column.index, dtype="object")
    if column.name in ("households", "formal_members"):
        return pd.Series(pd.array([pd.NA] * len(column), dtype="Int64"), index=column.index)
    return pd.Series("", index=column.index, dtype="object")


def withheld_homes(run: Run) -> pd.Series:
    """Return street -> number of compounds whose households a public map does not say; ``""`` for those in no street.

    A sum over them and others that are said would give their households away, so such sums are withheld as well, and
    no two figures of a public page count different compounds.
    """
    homes = run.attributes.frame["households"].reindex(run.coverage.frame.index).astype("Int64")
    small = (homes < FEW_HOUSEHOLDS).fillna(False).to_numpy(dtype=bool)
    hidden = homes.notna().to_numpy(dtype=bool) & homes.index.isin(military(run.city, run.links))
    street = run.places.frame["street"].reindex(homes.index).fillna("")
    return street[small | hidden].value_counts()


def military(city: City, links: Links | None = None) -> frozenset[str]:
    """Return the codes of compounds and grids that are military and stay off a public map.

    A compound whose owner in the layer or the registry is a unit of kind ``military`` (部队), in which such a unit has
    premises, whose branch is that of such a unit, or that is called so; a grid of its own (``exclusive``) that is
    called so. In doubt a place is left out: a candidate of a link counts, and so does a name where nothing is linked.

    Parameters
    ----------
    city : City
    links : Links, optional
        Links of the registries' rows to the compounds.
    """
    units = city.rows("units")
    units = units[units["unit_kind"] == "military"]
    ids, names = set(units["unit_id"]) - {""}, set(units["name"]) - {""}
    records, held, named = _rows_of(city, ids, names)
    frame = pd.DataFrame(columns=["record", "level", "code"]) if links is None else links.frame
    linked = frame[(frame["level"] == COMPOUND) & frame["record"].isin(records) & (frame["code"] != "")]
    held |= set(linked["code"])
    settled = set(linked["record"])
    called = {name for name, record in named if record not in settled}
    found: set[str] = set()
    for level, layer in city.layers.items():
        frame = layer.frame
        own = _called(frame["name"], names)
        if level == COMPOUND:
            own |= frame["owner_unit_id"].isin(ids) | _called(frame["owner_unit"], names)
            own |= frame.index.isin(held) | frame["name"].isin(called)
        elif level == GRID:
            own &= frame["grid_kind"].isin(("exclusive", "unit_cell", ""))
        else:
            continue
        found.update(map(str, frame.index[own.to_numpy(dtype=bool)]))
    return frozenset(found)


def _rows_of(city: City, ids: set[str], names: set[str]) -> tuple[set[str], set[str], set[tuple[str, str]]]:
    """Return row ids about military units, codes of compounds in them, and names of compounds with their row."""
    records: set[str] = set()
    held: set[str] = set()
    called: set[tuple[str, str]] = set()
    for kind, unit, name, place in (
        ("premises", "unit_id", "unit_name", "compound_name"),
        ("compounds", "owner_unit_id", "owner_unit", "name"),
        ("branches", "unit_id", "unit_name", ""),
    ):
        rows = city.rows(kind)
        rows = rows[rows[unit].isin(ids) | _called(rows[name], names)]
        records |= set(rows.index)
        if place:
            held |= set(rows["compound_id"]) - {""}
            called |= {(text, record) for text, record in zip(rows[place], rows.index, strict=True) if text}
    return records, held, called


def _called(texts: pd.Series, names: set[str]) -> pd.Series:
    texts = texts.fillna("").astype("object")
    return texts.isin(names) | texts.map(lambda text: bool(_MILITARY.search(text))).astype(bool)
