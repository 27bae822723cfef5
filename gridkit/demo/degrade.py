"""Degradation: the clean tables become what offices really send, and every deliberate defect is written down."""

from __future__ import annotations

from dataclasses import dataclass, field
from random import Random
from typing import TYPE_CHECKING

from gridkit.demo import tables
from gridkit.demo.oracle import ORGANISED
from gridkit.demo.plant import COVERS, Plant
from gridkit.demo.plant_tricks import also_tricks
from gridkit.demo.spelling import FULL_WIDTH, TRADITIONAL, other_names, variant
from gridkit.demo.tables import Lookup, Sheet
from gridkit.demo.territory import PLAIN

if TYPE_CHECKING:
    from gridkit.demo.city import DemoCity
    from gridkit.demo.territory import Record


@dataclass
class Mess:
    """The tables of a city while they are degraded."""

    city: DemoCity
    look: Lookup
    rng: Random
    sheets: dict[str, Sheet] = field(default_factory=dict)
    plants: list[Plant] = field(default_factory=list)
    hidden: set[tuple[str, str]] = field(default_factory=set)
    """(table, key) of rows that are hidden in the workbook."""
    unlinkable: set[str] = field(default_factory=set)
    unlisted: set[str] = field(default_factory=set)
    """Compounds that the compound registry leaves out."""
    aliases: dict[str, str] = field(default_factory=dict)
    """Compound id -> the alias by which the branch table calls it."""
    listed: dict[str, str] = field(default_factory=dict)
    """Those aliases that the compound table lists."""

    def plant(self, kind: str, place: tuple[str, str, str], subject: str, note: str) -> None:
        """Write a defect down; ``place`` is table, row key, column."""
        self.plants.append(Plant(kind, *place, subject, note))


def degrade(city: DemoCity) -> Mess:
    """Return the tables of ``city`` in the state in which offices send them."""
    mess = Mess(city, Lookup.of(city), Random(f"{city.seed}/degrade"))
    if city.size not in PLAIN:
        mess.plants.extend(city.plants)
        _rename(mess)
    mess.sheets["branches"] = tables.branches(mess.look, lambda name, branch, at: _covered(mess, name, branch, at))
    mess.sheets["compounds"] = tables.compounds(mess.look, mess.listed)
    mess.sheets["property_service"] = tables.service(mess.look, variant)
    if city.size in PLAIN:
        return mess
    mess.sheets["units"] = tables.units(mess.look)
    mess.sheets["premises"] = tables.premises(mess.look)
    mess.sheets["pairings"] = tables.pairings(mess.look)
    mess.sheets["property_companies"] = tables.companies(mess.look)
    mess.sheets["owners_committees"] = tables.committees(mess.look)
    mess.sheets["service_points"] = tables.points(mess.look)
    mess.sheets["ledgers"] = tables.ledgers(mess.look)
    for step in (_false_full, _compounds, _codes, _branches, _others, _dates):
        step(mess)
    mess.plants = also_tricks(mess.plants, city.truth)
    return mess


def _covered(mess: Mess, name: str, branch: Record, at: int) -> str:
    """Write one covered grid or compound in the cell of an organisation."""
    if at >= len(branch["covers"]):
        return name
    code = branch["covers"][at]
    number = int(branch["id"][3:]) + at
    if code in mess.look.by["grids"]:
        community = mess.look.name("communities", branch["community"])
        return community + name if number % 9 == 4 and branch["branch_kind"] == "grid" else name
    home = mess.look.by["compounds"][code]
    if code in mess.aliases:
        return mess.aliases[code]
    if name != home["name"]:  # stands in another community, whose name is written before it
        return name
    if number % 17 == 3:
        return mess.look.name("communities", home["community"]) + name
    return variant(name, home, number)


def _rename(mess: Mess) -> None:
    """Let the branch table call some compounds by another name."""
    for other in other_names(mess.city, mess.rng):
        code = other.compound
        mess.aliases[code] = other.text
        mess.plant(other.kind, ("branches", mess.city.truth[code].via[0], COVERS), code, other.note)
        if other.kind == "alias_known":
            mess.listed[code] = other.text
        else:
            mess.unlinkable.add(code)


def _compounds(mess: Mess) -> None:
    """Defects of the compound registry."""
    sheet, rng = mess.sheets["compounds"], mess.rng
    used = {p.key for p in mess.plants} | mess.unlinkable | set(mess.aliases)
    used |= {p.subject for p in mess.plants}
    safe = [key for key in sheet.keys if key not in used]
    rng.shuffle(safe)
    full = mess.city.size == "county"
    # an instructor is recorded here only: leaving that compound out would change what the files can tell
    silent = [key for key in safe if not mess.look.by["compounds"][key]["instructor"]]
    for key in silent[: 5 if full else 2]:
        _leave_out(mess, key)
        safe.remove(key)
    take = iter(safe)
    for key in [next(take) for _ in range(25 if full else 3)]:
        sheet.row(key)["小区编号"] = ""
        mess.plant("code_missing", ("compounds", key, "小区编号"), key, "小区编号空白")
    cells = (
        ("小区类型", "别墅区", "value_out_of_vocabulary", "小区类型不在词表中"),
        ("户数", "若干", "count_not_a_number", "户数不是数字"),
        ("常住人口", "约320余人", "count_with_words", "人数带文字"),
        ("物业类型", "智慧物业", "value_out_of_vocabulary", "物业类型不在词表中"),
    )
    for header, value, kind, note in cells:
        key = next(take)
        sheet.row(key)[header] = value
        mess.plant(kind, ("compounds", key, header), key, note)
    for key in [next(take) for _ in range(6 if full else 1)]:
        row = sheet.row(key)
        row["户数"] = str(row["户数"]).translate(FULL_WIDTH)
        mess.plant("full_width_digits", ("compounds", key, "户数"), key, "全角数字")
    # a hidden row gives nothing: an instructor that is recorded here only would be lost with it
    key = next(key for key in take if not mess.look.by["compounds"][key]["instructor"])
    mess.hidden.add(("compounds", key))
    mess.plant("hidden_row", ("compounds", key, ""), key, "隐藏行")
    key = next(key for key in take if mess.city.truth[key].status in ORGANISED)  # counted twice only where it counts
    at = sheet.keys.index(key)
    sheet.rows.insert(at + 1, dict(sheet.rows[at]))
    sheet.keys.insert(at + 1, key + "#2")
    mess.plant("duplicate_row", ("compounds", key + "#2", "小区编号"), key, "同一小区登记两次")
    _yes_no(sheet, "是否符合组建条件")
    for key in [next(take) for _ in range(8 if full else 2)]:
        row = sheet.row(key)
        row["小区名称"] = row["小区名称"].translate(TRADITIONAL)


def _leave_out(mess: Mess, key: str) -> None:
    sheet = mess.sheets["compounds"]
    at = sheet.keys.index(key)
    del sheet.rows[at], sheet.keys[at]
    mess.unlisted.add(key)
    mess.plant("C111", ("compounds.layer", key, "小区编号"), key, "图层中有，小区台账中没有")


def _false_full(mess: Mess) -> None:
    """One community leaves out of its table every compound that is not covered: its table says 100 %."""
    sheet, touched = mess.sheets["compounds"], {p.key for p in mess.plants} | mess.unlinkable
    silent = {"未组建", "拟组建"}
    bare: dict[str, list[str]] = {}
    for key, row in zip(sheet.keys, sheet.rows, strict=True):
        if row["组建方式"] in silent:
            bare.setdefault(row["社区"], []).append(key)
    fitting = [keys for _, keys in sorted(bare.items()) if 2 <= len(keys) <= 5 and not touched & set(keys)]
    if fitting:
        community = mess.look.by["compounds"][fitting[0][0]]["community"]
        for key in fitting[0]:
            _leave_out(mess, key)
        mess.plant(
            "C112", ("communities", community, "社区代码"), community, "小区台账只报已覆盖的小区，形成虚假的100%"
        )


def _yes_no(sheet: Sheet, header: str) -> None:
    for number, row in enumerate(sheet.rows):
        row[header] = {"是": ("是", "√", "是")[number % 3], "否": ("否", "×", "否")[number % 3]}.get(row[header], "")


def _codes(mess: Mess) -> None:
    """Damaged community and grid codes in the compound registry (names stay right)."""
    sheet = mess.sheets["compounds"]
    used = {p.key for p in mess.plants} | mess.unlinkable
    keys = [key for key in sheet.keys if key not in used]
    mess.rng.shuffle(keys)
    damage = (
        ("社区代码", "990101001099", "parent_does_not_exist", "社区代码不存在"),
        ("社区代码", "9.90101E+11", "code_scientific", "代码被写成科学计数法"),
        ("社区代码", "numeric", "code_as_number", "代码被存为数字"),
        ("所属网格", "990101001001999", "grid_does_not_exist", "网格编码不存在"),
    )
    for (header, value, kind, note), key in zip(damage, keys, strict=False):
        row = sheet.row(key)
        row[header] = int(row[header]) if value == "numeric" else value
        mess.plant(kind, ("compounds", key, header), key, note)
    for key in keys[4:20]:
        sheet.row(key)["社区代码"] = ""


def _branches(mess: Mess) -> None:
    """A row twice, missing community codes, a parent given by name only, other separators and words."""
    sheet = mess.sheets["branches"]
    planted = {p.key for p in mess.plants if p.table == "branches"}
    plain = [key for key, row in zip(sheet.keys, sheet.rows, strict=True) if key not in planted and row["所属社区"]]
    mess.rng.shuffle(plain)
    twice = next(k for k in plain if (sheet.row(k)["党组织类型"], sheet.row(k)["状态"]) == ("小区党支部", "正常"))
    at = sheet.keys.index(twice)
    sheet.rows.insert(at + 1, dict(sheet.rows[at]))
    sheet.keys.insert(at + 1, twice + "#2")
    mess.plant("duplicate_branch", ("branches", twice + "#2", "党组织编码"), twice, "同一党组织登记两次")
    for key in plain[:30]:
        sheet.row(key)["社区代码"] = ""
    for key in plain[30:36]:
        if sheet.row(key)["上级党组织"]:
            sheet.row(key)["上级党组织编码"] = ""
            mess.plant("parent_by_name_only", ("branches", key, "上级党组织编码"), key, "只有上级党组织名称，没有编码")
    for number, row in enumerate(sheet.rows):
        if row["覆盖小区(网格)"].count("、") and number % 4 == 1:
            row["覆盖小区(网格)"] = row["覆盖小区(网格)"].replace("、", "，" if number % 8 == 1 else "；")
        if row["状态"] == "正常" and number % 5 == 2:
            row["状态"] = ""


def _others(mess: Mess) -> None:
    """Small defects of the remaining registries."""
    units = mess.sheets["units"]
    key = units.keys[len(units.keys) // 2]
    row = units.row(key)
    row["经度"], row["纬度"] = row["纬度"], row["经度"]
    mess.plant("lon_lat_swapped", ("units", key, "经度"), key, "经纬度颠倒")
    bodies = mess.sheets["owners_committees"]
    first = next((k for k, r in zip(bodies.keys, bodies.rows, strict=True) if r["机构类型"] == "业委会"), None)
    if first is not None:
        ghost = dict(bodies.row(first))
        ghost["小区名称"], ghost["机构类型"] = "望江台花园", "自管委员会"
        bodies.rows.append(ghost)
        bodies.keys.append("ghost")
        mess.plant("unknown_compound", ("owners_committees", "ghost", "小区名称"), "望江台花园", "小区不在图层中")


def _dates(mess: Mess) -> None:
    """Dates in the many ways in which people write them."""
    for table, headers in (
        ("branches", ("成立时间", "任期届满")),
        ("pairings", ("结对时间",)),
        ("owners_committees", ("成立时间",)),
    ):
        for number, row in enumerate(mess.sheets[table].rows):
            for header in headers:
                if row[header]:
                    year, month, day = row[header].split("-")
                    row[header] = (
                        row[header],
                        f"{year}.{int(month)}.{int(day)}",
                        f"{year}年{int(month)}月{int(day)}日",
                        f"{year}/{month}/{day}",
                    )[number % 4]
