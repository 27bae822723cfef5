"""``[[reconcile]]`` of the project file: one figure as two departments, or two dates, tell it."""

from __future__ import annotations

import datetime as dt  # noqa: TC003  # pydantic reads the annotations when the program runs
from typing import TYPE_CHECKING, Annotated, Any, Final, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, PlainSerializer, PlainValidator, StrictStr

from gridkit.io.dictionary import fields_of
from gridkit.io.mistakes import unknown
from gridkit.io.settings import a_date, a_path_or_paths, an_encoding, plain_path
from gridkit.locale import gettext
from gridkit.model.fields import REGISTRY_FIELDS, VOCABULARIES

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from gridkit.io.mistakes import Mistake, Where

Told = Literal[
    "compounds", "branches", "units", "premises", "pairings", "property_companies", "property_service",
    "owners_committees", "service_points", "ledgers", "codes",
]  # fmt: skip
"""Kinds of registries that can be told twice."""
SIDES: Final = ("a", "b")
NOT_COUNTED: Final[Mapping[str, Mapping[str, tuple[str, ...]]]] = {
    "compounds": {"compound_type": ("unit", "village")},
    "branches": {"branch_status": ("planned", "dissolved")},
}
"""Field -> values of rows that a list holds and its figure does not count, where the project does not say."""


class _Value(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class SideSpec(_Value):
    """``[reconcile.a]``, ``[reconcile.b]``: one telling; without ``path`` it is the project's own registry.

    ``as_of`` is the date of this list, where it is another than that of the project.

    Examples
    --------
    >>> SideSpec().own, SideSpec(path="2023.xlsx").own
    (True, False)
    """

    label: StrictStr = ""
    path: Annotated[str | tuple[str, ...], PlainValidator(a_path_or_paths), PlainSerializer(plain_path)] = ""
    sheet: StrictStr = ""
    columns: dict[str, StrictStr] = Field(default_factory=dict)
    encoding: Annotated[StrictStr, BeforeValidator(an_encoding)] = ""
    as_of: Annotated[dt.date | None, BeforeValidator(a_date)] = None

    @property
    def own(self) -> bool:
        """Whether this side is the project's own registry."""
        return not self.path


class ReconcileSpec(_Value):
    """``[[reconcile]]``: a figure, the kind of registry it counts, and who tells it.

    ``scope`` is a code prefix: rows of things elsewhere are left out on both sides. ``not_counted`` names, per field,
    the values of rows that stand in a list and are not part of its figure.
    """

    name: StrictStr
    kind: Told
    a: SideSpec = SideSpec()
    b: SideSpec = SideSpec()
    scope: StrictStr = ""
    not_counted: dict[str, tuple[StrictStr, ...]] | None = None

    def left_out(self) -> Mapping[str, tuple[str, ...]]:
        """Return which values of which fields do not count.

        >>> ReconcileSpec(name="n", kind="units", b=SideSpec(path="a.csv")).left_out()
        {}
        """
        return NOT_COUNTED.get(self.kind, {}) if self.not_counted is None else self.not_counted


def reconcile_mistakes(data: Mapping[str, Any]) -> list[Mistake]:
    """Return what no single key of ``[[reconcile]]`` shows: names told twice, no file, columns that are no fields."""
    tables, own = data.get("reconcile", ()), data.get("registries", {})
    known = set(own) if isinstance(own, dict) else set()
    mistakes: list[Mistake] = []
    names: set[str] = set()
    for number, table in enumerate(tables if isinstance(tables, list) else ()):
        if not isinstance(table, dict):
            continue
        name, where = table.get("name"), ("reconcile", number)
        if isinstance(name, str):
            if not name.strip():
                mistakes.append(((*where, "name"), gettext("{key} is empty").format(key="name")))
            elif name in names:
                said = gettext("two [[reconcile]] are called {name}")
                mistakes.append(((*where, "name"), said.format(name=name)))
            names.add(name)
        if table.get("kind") in REGISTRY_FIELDS:
            mistakes += [*_of_sides(table, where, known), *_of_fields(table, where)]
    return mistakes


def _of_sides(table: Mapping[str, Any], where: Where, known: set[str]) -> Iterator[Mistake]:
    kind = table["kind"]
    sides = {side: told for side in SIDES if isinstance(told := table.get(side, {}), dict)}
    bare = [side for side, told in sides.items() if not told.get("path")]
    if len(bare) == len(SIDES):
        yield where, gettext("nothing to compare: a or b must name a path")
    elif bare and kind not in known:
        said = gettext("{key} names no path, and the project has no [registries.{kind}]")
        yield where, said.format(key=bare[0], kind=kind)
    for side, told in sides.items():
        if side in bare:
            for key in sorted({"sheet", "columns", "encoding"} & set(told)):
                yield (*where, side, key), gettext("{key} goes with a path").format(key=key)
        columns = told.get("columns")
        for field in columns if isinstance(columns, dict) else ():
            if field not in fields_of(kind):
                yield (*where, side, "columns", field), unknown(field, fields_of(kind))


def _of_fields(table: Mapping[str, Any], where: Where) -> Iterator[Mistake]:
    known = [field for field in REGISTRY_FIELDS[table["kind"]] if field in VOCABULARIES]
    stated = table.get("not_counted")
    for field, values in (stated if isinstance(stated, dict) else {}).items():
        if field not in known:
            yield (*where, "not_counted", field), unknown(field, known)
            continue
        said = gettext("{key} must be one of: {expected}")
        for value in values if isinstance(values, list) else ():
            if isinstance(value, str) and value not in VOCABULARIES[field]:
                expected = ", ".join(VOCABULARIES[field])
                yield (*where, "not_counted", field), said.format(key=field, expected=expected)
