"""What an organisation that lists no places says by its own name: 金桂家园党支部, 金桂家园、银杏小区联合党支部."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

import numpy as np
import pandas as pd

from gridkit.linkage.lists import split_cell
from gridkit.linkage.names import keys_of, normalise, simplified
from gridkit.model.fields import COMPOUND, GRID

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

    from gridkit.linkage.targets import Targets
    from gridkit.model import City

FROM_NAME: Final = "name"
"""``reason["from"]`` of a link that rests on the name of the organisation."""
LONGEST: Final = 120
"""Letters of a name that are looked at; longer texts are no names."""
DEPTH: Final = 3
"""Names of parents that are taken off one after the other: district, street, community."""

_KINDS: Final = ("compound", "joint", "functional", "")
_GRID_KINDS: Final = ("grid", "exclusive_grid_group")
_FRONT: Final = re.compile(r"^\s*(?:中共|中国共产党)\s*")
_BODY: Final = re.compile(
    r"\s*[（(]?(?:第?[一二三四五六七八九十0-9０-９]+)?(?:联合|联建|功能型|功能性|功能|在职党员|报到党员|流动党员|退休党员|离退休|临时|综合)*"
    r"(?:党总支部?(?:委员会)?|总支部?委员会|党支部(?:委员会)?|支部(?:委员会)?|党小组|党委|委员会)[)）]?\s*(?:[（(].*[)）])?\s*$"
)
_AREA: Final = re.compile(r"(?<=..)(?:片区|居民|业主|物业|党员|楼栋|院落|片)+$")
_PARENT_END: Final = re.compile(r"社区|街道|地区|镇|乡|村|县|区|市")
_COLUMNS: Final = ("record", "position", "text", "field", "level", "code", "mention", "soft", "single")


def titled(
    city: City, compounds: Targets, grids: Targets, hints: Mapping[str, tuple[tuple[str, str], ...]]
) -> pd.DataFrame:
    """Return the places that branches without a list name in their own name, as mentions of ``covers``.

    中共, parents known by name and the words of the organisation are taken off, the rest is split like a list; an item
    counts only where a compound or a grid of that name exists. ``mention`` holds item and name, so that a decision
    about it is none about the item in a list. ``single`` tells that a joint branch names one place only: it has more.

    Returns
    -------
    pandas.DataFrame
        One row per item: ``record``, ``position``, ``text`` (with the parents that stand before it), ``field``,
        ``level``, ``code``, ``mention``, ``soft``, ``single``.
    """
    rows = city.rows("branches")
    rows = rows[(rows["covers"].str.strip() == "") & (rows["name"].str.len() <= LONGEST)]
    of_compound = rows["branch_kind"].isin(_KINDS) & (rows["org_level"] != "group")
    of_grid = rows["branch_kind"].isin(_GRID_KINDS) | ((rows["branch_kind"] == "") & (rows["org_level"] == "group"))
    rows = rows[of_compound | of_grid]
    names = sorted(set(rows["name"]) - {""})
    found = dict(zip(names, _items(names, _Known(compounds, grids), hints), strict=True))
    lines = [
        (record, position, text, level, f"{item}（{name.strip()}）", kind == "joint" and len(found[name]) < 2)
        for record, name, kind in zip(rows.index, rows["name"], rows["branch_kind"], strict=True)
        for position, (item, text, level) in enumerate(found.get(name, ()))
        if level == GRID or kind not in _GRID_KINDS
    ]
    columns = ["record", "position", "text", "level", "mention", "single"]
    table = pd.DataFrame(lines, columns=columns).astype({"record": object, "position": "int64", "single": bool})
    return table.assign(field="covers", code="", soft=False)[list(_COLUMNS)]


class _Known:
    """The names that exist, by level."""

    def __init__(self, compounds: Targets, grids: Targets) -> None:
        self._levels = ((COMPOUND, compounds), (GRID, grids))
        self._full = {level: set(one.keys.loc[one.keys["kind"] != 2, "key"]) for level, one in self._levels}
        self._core = {level: set(one.keys.loc[one.keys["kind"] == 2, "key"]) for level, one in self._levels}
        self.all = set().union(*self._full.values(), *self._core.values())

    def level(self, text: str) -> str:
        """Return the level of a thing of that name, ``""`` where there is none."""
        normal = normalise([text])[0]
        order = (GRID, COMPOUND) if "网格" in normal else (COMPOUND, GRID)
        for level in order:
            key = keys_of([normal], level)[0]
            if normal and (key.full in self._full[level] or key.core in self._core[level]):
                return level
        return ""


def _items(
    names: Sequence[str], known: _Known, hints: Mapping[str, tuple[tuple[str, str], ...]]
) -> list[tuple[tuple[str, str, str], ...]]:
    """Return ``(item, text, level)`` of the known places in each name."""
    bare = [_BODY.sub("", _FRONT.sub("", name)) if _BODY.search(name) else "" for name in simplified(names)]
    whole = set(hints)
    short = {name.removesuffix("社区"): name for name in hints if name.endswith("社区") and len(name) > 3}
    parents, rests = _without_parents(bare, whole)
    return [tuple(_places(rest, parent, known, short)) for parent, rest in zip(parents, rests, strict=True)]


def _places(rest: str, parent: str, known: _Known, short: Mapping[str, str]) -> list[tuple[str, str, str]]:
    found = []
    for item in split_cell(rest, known.all).items if rest else ():
        forms = [(item, parent), (_AREA.sub("", item), parent)]
        # 东门第一网格 is the first grid of 东门社区
        forms += [
            (item[at:], short[item[:at]] if parent == "" else parent)
            for at in range(2, min(len(item) - 1, 9))
            if item[:at] in short and "网格" in item
        ]
        forms = forms[::-1] if "网格" in item else forms
        level, form, above = next(
            ((level, form, above) for form, above in forms if (level := known.level(form))), ("", "", "")
        )
        if level:
            found.append((form, above + form, level))
    return found


def _without_parents(texts: Sequence[str], known: Collection[str]) -> tuple[list[str], list[str]]:
    """Take the names of parents off the front of raw texts, whatever their spelling; return them and the rests."""
    parents, rests = [""] * len(texts), list(texts)
    for _ in range(DEPTH):
        cuts = [(at, match.end()) for at, text in enumerate(rests) for match in _PARENT_END.finditer(text)]
        cuts = [(at, end) for at, end in cuts if len(rests[at]) - end >= 2 and rests[at][end:] != "小区"]
        heads = normalise([rests[at][:end] for at, end in cuts])
        first: dict[int, int] = {}
        for (at, end), head in zip(cuts, heads, strict=True):
            if head in known:
                first.setdefault(at, end)
        if not first:
            break
        for at, end in first.items():
            parents[at] += rests[at][:end]
            rests[at] = rests[at][end:]
    return parents, rests


def of_names(links: pd.DataFrame, mentions: pd.DataFrame, *, profile: str) -> pd.DataFrame:
    """Return the links of such mentions that are worth a look, each marked ``from``: ``name``.

    Kept are candidates of that very name that do not lie in another parent than stated. In the profile ``audit`` none
    is accepted, a name proves no coverage; in ``normal`` those with the same name and parent are.
    """
    if links.empty:
        return links
    reasons = links["reason"].tolist()
    same = np.array([reason.get("name") in ("same", "decided", "alias", "core") for reason in reasons])
    here = np.array([reason.get("parent") not in ("other", "near") for reason in reasons])
    sure = np.array([(reason.get("name"), reason.get("parent")) == ("same", "same") for reason in reasons])
    kept = (links["code"] != "").to_numpy() & same & here
    lone = mentions.drop_duplicates("record").set_index("record")["single"].reindex(links["record"]).to_numpy(bool)
    accepted = links["accepted"].to_numpy(bool) & sure & ~lone & (profile == "normal")
    links = links.assign(accepted=accepted, reason=[{**reason, "from": FROM_NAME} for reason in reasons])[kept]
    return links.assign(rank=links.groupby(["record", "position"]).cumcount() + 1)
