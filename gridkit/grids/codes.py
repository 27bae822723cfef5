"""Codes of grids: schemes, numbering from west to east and north to south, and serials that are never used again."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np
import pandas as pd
import shapely

from gridkit.errors import UsageError
from gridkit.grids.totals import grid_layer
from gridkit.locale import N_
from gridkit.model.plan import LEDGER_COLUMNS

if TYPE_CHECKING:
    from collections.abc import Mapping

    from gridkit.model.plan import Plan

_FIELD: Final = re.compile(r"\{(community|county|street|tail|object|serial)\}")


@dataclass(frozen=True)
class Scheme:
    """How a code is made of the community's code and a serial.

    Parameters
    ----------
    name : str
    template : str
        Text with ``{community}`` (12 digits), or ``{county}`` (6), ``{street}`` (3) and ``{tail}`` (the community's
        3), ``{object}`` (a class of objects, 6 digits) and ``{serial}``.
    width : int
        Digits of the serial.
    exclusive_from : int
        First serial of exclusive grids, so that they are told apart (CJ/T 349 reserves numbers from 601 the same way).
    object_code : str
        Of schemes that name a class of objects.

    Examples
    --------
    >>> SCHEMES["stat12+3"].code("522601001002", 7)
    '522601001002007'
    >>> SCHEMES["cjt349"].code("522601001002", 7)
    '01010152260100100207'
    >>> SCHEMES["stat12+3"].parse("522601001002007")
    ('522601001002', 7)
    """

    name: str
    template: str
    width: int = 3
    exclusive_from: int = 801
    object_code: str = ""

    @property
    def last(self) -> int:
        """The largest serial."""
        return int(10**self.width) - 1

    def code(self, community: str, serial: int) -> str:
        """Return the code of a serial in a community."""
        values = {
            "community": community,
            "county": community[:6],
            "street": community[6:9],
            "tail": community[9:12],
            "object": self.object_code,
            "serial": str(serial).zfill(self.width),
        }
        return _FIELD.sub(lambda match: values[match[1]], self.template)

    def parse(self, code: str) -> tuple[str, int] | None:
        """Return community and serial of a code, or None where it is no code of this scheme."""
        match = self._pattern().fullmatch(code)
        if match is None:
            return None
        parts = match.groupdict()
        whole = parts.get("community") or parts.get("county", "") + parts.get("street", "") + parts.get("tail", "")
        return whole, int(parts["serial"])

    def _pattern(self) -> re.Pattern[str]:
        digits = {
            "community": r"\d{12}", "county": r"\d{6}", "street": r"\d{3}", "tail": r"\d{3}",
            "object": re.escape(self.object_code), "serial": rf"\d{{{self.width}}}",
        }  # fmt: skip
        parts = _FIELD.split(self.template)
        text = "".join(
            re.escape(part) if at % 2 == 0 else f"(?P<{part}>{digits[part]})" for at, part in enumerate(parts)
        )
        return re.compile(text)

    @classmethod
    def of(cls, text: str) -> Scheme:
        """Return a preset by name, or a free scheme by its template, such as ``{community}-{serial}``.

        Raises
        ------
        UsageError
            The template has no serial or does not name the community.
        """
        if text in SCHEMES:
            return SCHEMES[text]
        fields = set(_FIELD.findall(text))
        if "serial" not in fields or not ("community" in fields or {"county", "street", "tail"} <= fields):
            raise UsageError(
                N_("{text} is no scheme of codes"),
                remedy=N_("use one of {known}, or a template with {{community}} and {{serial}}"),
                text=text, known=", ".join(SCHEMES),
            )  # fmt: skip
        return cls(text, text)


SCHEMES: Final[Mapping[str, Scheme]] = {
    "stat12+3": Scheme("stat12+3", "{community}{serial}"),
    "beijing15": Scheme("beijing15", "{county}{street}{tail}{serial}"),
    "cjt349": Scheme("cjt349", "{object}{county}{street}{tail}{serial}", 2, 81, "010101"),
}
"""Presets: the statistical code of the community with three digits; 6+3+3+3 of Beijing's standard for unit grids; 20
digits of CJ/T 349-2010 (read in a copy: have it confirmed before codes are filed)."""


def empty_ledger() -> pd.DataFrame:
    """Return a ledger without codes."""
    return pd.DataFrame(columns=list(LEDGER_COLUMNS), dtype="object")


def reading_order(plan: Plan) -> pd.Series:
    """Return for each grid its place in its community: row by row from north to south, each from west to east.

    A row is as high as the side of a square of the community's median grid; empty grids come last, by uid.
    """
    layer = grid_layer(plan)
    points = shapely.centroid(layer.geometry.to_numpy())
    frame = pd.DataFrame(
        {
            "community": layer["community"],
            "x": shapely.get_x(points),
            "y": shapely.get_y(points),
            "area": layer["area"],
        },
        index=layer.index,
    )
    size = np.sqrt(frame["area"].where(frame["area"] > 0).groupby(frame["community"]).transform("median"))
    top = frame["y"].groupby(frame["community"]).transform("max")
    frame["row"] = np.floor((top - frame["y"]) / size.replace(0, np.nan) + 0.5)
    frame = frame.sort_index().sort_values(["community", "row", "x"], na_position="last", kind="stable")
    return frame.groupby("community").cumcount().reindex(layer.index).rename("order")


def next_serials(scheme: Scheme, community: str, ledger: pd.DataFrame, *, exclusive: bool, count: int) -> list[int]:
    """Return serials for new grids: after the highest that was ever issued in this community and range.

    Raises
    ------
    UsageError
        The range has no serial left; nothing is ever used again, the template must be widened.
    """
    known = [scheme.parse(str(code)) for code in ledger["code"]]
    used = [found[1] for found in known if found is not None and found[0] == community]
    low, high = (scheme.exclusive_from, scheme.last) if exclusive else (1, scheme.exclusive_from - 1)
    highest = max((serial for serial in used if low <= serial <= high), default=low - 1)
    if highest + count > high:
        raise UsageError(
            N_("community {community} has no serials left: {count} new grids, and {high} is the last number"),
            remedy=N_("choose a scheme with more digits; serials of retired grids are never used again"),
            community=community, count=count, high=high,
        )  # fmt: skip
    return [highest + 1 + at for at in range(count)]
