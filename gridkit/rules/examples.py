"""Cases of the rules of boundaries: one that breaks the rule and one that does not, with their shapes.

They are data of the package because three readers need the same: ``gridkit explain rule`` draws them, the pages of
``docs/rules`` are made from them, and the tests run them.
"""

from __future__ import annotations

import tomllib
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Final

from gridkit.model.fields import LEVELS

if TYPE_CHECKING:
    from collections.abc import Mapping

FILE: Final = "cases/topology.toml"
FAILING, PASSING = "failing", "passing"


@dataclass(frozen=True)
class Case:
    """Units in metres that break a rule, or do not.

    Parameters
    ----------
    layers : Mapping[str, Mapping[str, str]]
        Level -> code -> well-known text, ``""`` for a unit that is not drawn; the widest level first.
    defect : str
        Well-known text of the place that the rule means; ``""`` where it has none, or the case passes.
    stated, named, official : Mapping[str, str]
        Code of a unit -> superior that it states, its name; code -> name in the official list.
    exclusive : tuple of str
        Codes of grids that are exclusive.
    exception : Mapping[str, str]
        An exception that is kept: ``of`` (rule of the defect that it concerns, ``""`` for none), ``until``.
    """

    layers: Mapping[str, Mapping[str, str]]
    defect: str = ""
    stated: Mapping[str, str] = field(default_factory=dict)
    named: Mapping[str, str] = field(default_factory=dict)
    official: Mapping[str, str] = field(default_factory=dict)
    exclusive: tuple[str, ...] = ()
    exception: Mapping[str, str] = field(default_factory=dict)


@cache
def cases() -> Mapping[str, Mapping[str, Case]]:
    """Return rule -> ``failing`` and ``passing`` -> case.

    Examples
    --------
    >>> cases()["T203"]["failing"].defect
    'POLYGON ((200 0, 200.05 100, 200 200, 200 0))'
    """
    text = (files("gridkit.rules") / FILE).read_text(encoding="utf-8")
    return MappingProxyType(
        {
            rule: MappingProxyType({kind: _case(given) for kind, given in both.items()})
            for rule, both in tomllib.loads(text).items()
        }
    )


def _case(given: dict[str, Any]) -> Case:
    layers = {level: given.pop(level) for level in LEVELS if level in given}
    return Case(layers, exclusive=tuple(given.pop("exclusive", ())), **given)
