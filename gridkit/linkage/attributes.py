"""One value per compound and field: the registry's where it gives one, else the layer's."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import pandas as pd

from gridkit.linkage.names import normalise
from gridkit.model import Attributes, Findings, conform
from gridkit.model.fields import COMPOUND, LAYER_FIELDS
from gridkit.rules import CATALOGUE

if TYPE_CHECKING:
    from collections.abc import Iterator

    from gridkit.model import City, Links

_FIELDS: Final = LAYER_FIELDS[COMPOUND]
_NOT_COMPARED: Final = ("aliases", "address", "branch_name", "joint_partners",
                        "ineligible_reason", "coverage_claimed")  # fmt: skip
"""Free text in which a difference says nothing; names are compared by the linker."""


_IDENTITY: Final = ("name", "street_name", "community_code", "community_name", "grid_code")
"""What a compound is and where it lies: the layer's where it gives it; the linker has compared it already."""


def merge_attributes(city: City, links: Links) -> tuple[Attributes, Findings]:
    """Merge the compound layer with the compound registry.

    Parameters
    ----------
    city : City
    links : Links
        As returned by :func:`gridkit.linkage.link`; accepted links of the registry ``compounds`` are used.

    Returns
    -------
    tuple of Attributes and Findings
        Values on the index of the compound layer: one that the registry gives wins, the layer fills the rest; names and
        codes of place are the layer's where it gives them. L107, one per compound and field on which both give
        different values.
    """
    layer = city.layers.get(COMPOUND)
    if layer is None:
        index = pd.Index([], dtype="object", name="code")
        nothing = pd.DataFrame(index=index)
        return Attributes(
            conform(nothing, _FIELDS), pd.DataFrame("", index=index, columns=list(_FIELDS))
        ), Findings.none()
    base = conform(pd.DataFrame(layer.frame.drop(columns="geometry")), _FIELDS)[list(_FIELDS)]
    own = pd.Series(layer.frame["src"] + "!" + layer.frame["row"].astype(str), index=base.index, dtype=object)
    table = city.rows("compounds")
    frame = links.frame
    used = frame[frame["accepted"] & (frame["field"] == "compound") & frame["record"].isin(table.index)]
    # Two records that a person has linked to one compound: one of them is its record, the other says so.
    used = used[pd.Series(["taken_by" not in reason for reason in used["reason"]], index=used.index, dtype=bool)]
    used = used.drop_duplicates("code").set_index("code")["record"]
    records = used.reindex(base.index).fillna("").astype(object)
    given = table.reindex(records)
    given.index = base.index
    values, origin = {}, {}
    findings: list[dict[str, Any]] = []
    for name, dtype in _FIELDS.items():
        here, there = _given(base[name], dtype), _given(given[name], dtype) & (records != "")
        if name in _IDENTITY:
            there &= ~here
        values[name] = base[name].mask(there, given[name])
        origin[name] = own.where(here, "").mask(there, records).astype(object)
        if name not in _NOT_COMPARED:
            both = here & there
            pair = pd.DataFrame({"layer": base.loc[both, name], "registry": given.loc[both, name]})
            pair["own"], pair["record"], pair["name"] = own[both], records[both], base.loc[both, "name"]
            findings.extend(_conflicts(city, name, pair))
    return Attributes(conform(pd.DataFrame(values), _FIELDS), pd.DataFrame(origin)), Findings.of(findings)


def _given(values: pd.Series, dtype: str) -> pd.Series:
    """Return which values are given, in the sense of the field's kind of missing."""
    if dtype in ("count", "number"):
        return values.notna()
    return values.notna() & (values != ("unknown" if dtype == "yesno" else ""))


def _conflicts(city: City, field: str, pair: pd.DataFrame) -> Iterator[dict[str, Any]]:
    """Yield a finding per compound whose layer and registry differ, beyond spelling."""
    if _FIELDS[field] == "text":
        here, there = (normalise(pair[side].to_list()) for side in ("layer", "registry"))
        differ = pd.Series([one != other for one, other in zip(here, there, strict=True)], index=pair.index, dtype=bool)
    else:
        differ = (pair["layer"] != pair["registry"]).astype(bool)
    for code, row in zip(pair.index[differ], pair[differ].to_dict("records"), strict=True):
        refs = [city.cell(row["record"], field), city.cell(row["own"], field)]
        yield CATALOGUE["L107"].found(
            str(code), refs=refs, field=_header(city, row["record"], field), name=row["name"] or str(code),
            registry_value=_plain(row["registry"]), layer_value=_plain(row["layer"]), column=field,
        )  # fmt: skip


def _header(city: City, record: str, field: str) -> str:
    """Return the column's header as in the file, else the field's name."""
    src = record.rpartition("!")[0]
    return next((source.headers.get(field, field) for source in city.sources if source.name == src), field)


def _plain(value: Any) -> str | int | float:
    """Return a plain value for a finding."""
    if isinstance(value, str):
        return value
    number = float(value)
    return int(number) if number.is_integer() else number
