from __future__ import annotations

import datetime as dt

import pytest

from gridkit.errors import InputError, ProjectError
from gridkit.io.project import read_project
from gridkit.io.toml_lines import key_lines
from gridkit.locale import speaking

GOOD = """
[project]
name = "演示市"
as_of = "2024-06-30"
language = "zh"

[layers.street]
path = "streets.gpkg"
crs = "EPSG:4490"

[registries.compounds]
path = "compounds.xlsx"
complete = true
scope = "990101"
columns = { name = "楼盘" }

[[registries.branches]]
path = "a.xlsx"
[[registries.branches]]
path = "b.xlsx"
sheet = "台账"

[coverage]
ruleset = "strict"
overrides = { counts_grid_branch = true }

[map]
title = "图"

[[claims]]
text = "覆盖率100%"
indicator = "coverage.organisation.declared"
figure = "98.5%"
comparator = ">="
[[claims]]
text = "覆盖率XX%"
indicator = "coverage.organisation.declared"
figure = "XX%"
"""

BAD = """[project]
name = "演示市"
lang = "zh"
as_of = 86400
profile = "secret"

[layers.compund]
path = "a.gpkg"

[layers.street]
pth = "b.gpkg"

[registries.branches]
path = "c.xlsx"
complete = "yes"
columns = { formal_member = "正式党员数" }

[[registries.units]]
path = "u.csv"
[[registries.units]]
path = 5

[coverge]

[[claims]]
text = "x"
comparator = "about"
"""


def project(folder, text):
    (folder / "gridkit.toml").write_text(text, encoding="utf-8")
    return read_project(folder)


def test_a_good_file(tmp_path):
    found = project(tmp_path, GOOD)
    assert (found.name, found.as_of, found.language, found.profile) == (
        "演示市",
        dt.date(2024, 6, 30),
        "zh",
        "internal",
    )
    assert found.root == tmp_path
    assert [spec.path for spec in found.registries["branches"]] == ["a.xlsx", "b.xlsx"]
    assert found.registries["compounds"][0].complete
    assert found.registries["compounds"][0].columns == {"name": "楼盘"}
    assert [claim.figure for claim in found.claims] == [98.5, None]
    assert found.map == {"title": "图"}
    assert "root" not in found.settings()
    assert project(tmp_path, GOOD) == found
    assert read_project(tmp_path / "gridkit.toml") == found


def test_all_mistakes_at_once_each_with_its_line(tmp_path):
    with pytest.raises(ProjectError) as caught:
        project(tmp_path, BAD)
    assert caught.value.mistakes == (
        (3, "unknown key lang; did you mean language?"),
        (4, "as_of must be a date such as 2024-06-30"),
        (5, "profile must be one of: 'internal', 'public'"),
        (7, "unknown key compund; did you mean compound?"),
        (10, "path is missing"),
        (11, "unknown key pth; did you mean path?"),
        (15, "complete must be true or false"),
        (16, "unknown key formal_member; did you mean formal_members?"),
        (21, "path must be text in quotation marks"),
        (23, "unknown key coverge; did you mean coverage?"),
        (25, "figure is missing"),
        (25, "indicator is missing"),
        (27, "comparator must be one of: '=', '>=', '<=', '>', '<'"),
    )
    assert str(caught.value).splitlines()[0].endswith("gridkit.toml:3: unknown key lang; did you mean language?")


def test_mistakes_in_the_readers_language(tmp_path):
    with speaking("zh"), pytest.raises(ProjectError) as caught:
        project(tmp_path, "[layers.street]\npth = 'a'\n")
    assert caught.value.mistakes[1][0] == 2


def test_syntax_errors_carry_their_line(tmp_path):
    with pytest.raises(ProjectError) as caught:
        project(tmp_path, '[project]\nname = "a"\nas_of = \n')
    assert caught.value.mistakes[0][0] == 3
    assert caught.value.mistakes[0][1].startswith("this is not TOML: ")


def test_no_file(tmp_path):
    with pytest.raises(InputError, match=r"gridkit\.toml: there is no project file \(write gridkit\.toml there"):
        read_project(tmp_path)


def test_not_utf8(tmp_path):
    (tmp_path / "gridkit.toml").write_bytes('[project]\nname = "演示"'.encode("gbk"))
    with pytest.raises(InputError, match="not UTF-8"):
        read_project(tmp_path)


def test_claims_in_a_file_of_their_own(tmp_path):
    (tmp_path / "claims.toml").write_text('[[claims]]\ntext = "a"\nindicator = "b"\nfigure = 5\n', encoding="utf-8")
    assert project(tmp_path, 'claims = "claims.toml"\n').claims[0].figure == 5.0
    with pytest.raises(ProjectError, match=r"gridkit\.toml:1: there is no file clams\.toml"):
        project(tmp_path, 'claims = "clams.toml"\n')


def test_keys_of_the_project_at_the_wrong_place(tmp_path):
    with pytest.raises(ProjectError) as caught:
        project(tmp_path, 'name = "a"\nroot = "b"\n')
    assert caught.value.mistakes == ((1, "name belongs into [project]"), (2, "unknown key root"))


def test_a_rule_set_in_a_file(tmp_path):
    (tmp_path / "own.toml").write_text("name = 'own'", encoding="utf-8")
    assert project(tmp_path, '[coverage]\nruleset = "own.toml"\n').ruleset_text() == "name = 'own'"
    with pytest.raises(InputError, match=r"no\.toml: the rule set cannot be read"):
        project(tmp_path, '[coverage]\nruleset = "no.toml"\n').ruleset_text()


@pytest.mark.parametrize("text", ["", "[project]\n", "[layers]\n", "[registries]\n[coverage]\n[map]\n"])
def test_everything_may_be_left_out(tmp_path, text):
    assert project(tmp_path, text).coverage.ruleset == "strict"


@pytest.mark.parametrize(
    "text",
    ["project = 1", "layers = 1", "claims = 1", "[layers]\nstreet = 1", "registries = []", "[registries]\nunits = 3"],
)
def test_tables_that_are_none(tmp_path, text):
    with pytest.raises(ProjectError):
        project(tmp_path, text)


def test_lines_are_not_fooled_by_texts():
    lines = key_lines('a = """\n[b]\nc = 1\n"""\nd = [\n  "x = 1",\n]\n[e."f.g"]\nh.i = 2\n')
    assert lines == {("a",): 1, ("d",): 5, ("e", "f.g"): 8, ("e", "f.g", "h"): 9, ("e", "f.g", "h", "i"): 9}


def mistakes(folder, text):
    with pytest.raises(ProjectError) as caught:
        project(folder, text)
    return list(caught.value.mistakes)


def test_a_claims_file_names_its_own_lines(tmp_path):
    bad = '[[claims]]\ntext = "a"\nindicator = "b"\nfigure = "viele"\n[[claims]]\ntext = "c"\nfigur = 5\nfigure = 5\n'
    (tmp_path / "claims.toml").write_text(bad, encoding="utf-8")
    assert mistakes(tmp_path, '\nclaims = "claims.toml"\n') == [
        (2, "claims.toml:4: figure must be a number such as 98.5, or XX where it is masked"),
        (2, "claims.toml:5: indicator is missing"),
        (2, "claims.toml:7: unknown key figur; did you mean figure?"),
    ]
    (tmp_path / "claims.toml").write_text("[[claim]]\ntext = 'a'\n", encoding="utf-8")
    assert mistakes(tmp_path, 'claims = "claims.toml"\n') == [
        (1, "claims.toml:1: unknown key claim; did you mean claims?")
    ]
    (tmp_path / "claims.toml").write_text("", encoding="utf-8")
    assert mistakes(tmp_path, 'claims = "claims.toml"\n') == [(1, "claims.toml holds no [[claims]]")]


def test_single_values_that_cannot_be(tmp_path):
    text = '[map]\ntitle = 5\ncolour = "red"\n[layers.grid]\npath = ""\nencoding = "nope"\n'
    text += '[registries.units]\npath = "u.csv"\nencoding = "rot13"\n[registries.codes]\npath = " "\n'
    wrong = "encoding is no encoding that is known here; state utf-8 or gb18030, or leave it out"
    assert mistakes(tmp_path, text) == [
        (2, "title must be text in quotation marks"),
        (3, "unknown key colour; known are: approval_no, basemap, fields, profile, title"),
        (5, "path is empty"),
        (6, wrong),
        (9, wrong),
        (11, "path is empty"),
    ]


def test_what_a_map_may_be_told(tmp_path):
    text = (
        '[map]\nprofile = "public"\napproval_no = "黔S(2024)001号"\nbasemap = "osm"\nfields = ["name", "households"]\n'
    )
    assert project(tmp_path, text).map["fields"] == ["name", "households"]
    known = "name, initials, type, households, formal_members, street, community, grid, status, organisation, work, "
    known += "valid, reason, rule, records, waiting, cells, findings, unit, company"
    text = '[map]\nprofile = "secret"\napproval_no = 5\nbasemap = "bing"\nfields = ["name", "phone"]\n'
    assert mistakes(tmp_path, text) == [
        (2, "profile must be one of: internal, public"),
        (3, "approval_no must be text in quotation marks"),
        (4, "basemap must be one of tianditu, osm, amap, or an address with {z}, {x}, {y}"),
        (5, f"phone is not a field of the map; known are: {known}"),
    ]
    text = '[map]\nbasemap = "https://t0.tianditu.gov.cn/vec_w/wmts?x={x}&y={y}&z={z}&tk=1"\nfields = "name"\n'
    key = "basemap holds a key; leave it out of the project file and give the whole address with --basemap"
    listed = 'fields must be a list of texts, such as ["name", "households"]'
    assert mistakes(tmp_path, text) == [(2, key), (3, listed)]


@pytest.mark.parametrize("encoding", ["", "utf-8", "GBK", "gb2312", "ansi", "UTF-16", "latin-1"])
def test_encodings_that_may_be_stated(tmp_path, encoding):
    text = f'[registries.units]\npath = "u.csv"\nencoding = "{encoding}"\n'
    assert project(tmp_path, text).registries["units"][0].encoding == encoding


CLAIM = '[[claims]]\ntext = "a"\nindicator = "b"\nfigure = {}\n'


@pytest.mark.parametrize(
    "figure", ["inf", "-inf", "nan", "true", "1e300", '"viele"', '"nan"', '"inf"', '"1e300"', "[1]"]
)
def test_figures_that_cannot_be(tmp_path, figure):
    assert mistakes(tmp_path, CLAIM.format(figure)) == [
        (4, "figure must be a number such as 98.5, or XX where it is masked")
    ]


@pytest.mark.parametrize(
    ("figure", "value", "decimals"),
    [
        ('"55.20"', 55.2, 2), ('"55.2%"', 55.2, 1), ("55.20", 55.2, 2), ("98.5", 98.5, 1), ("100", 100.0, 0),
        ("100.0", 100.0, 1), ('"100"', 100.0, 0), ('"XX%"', None, None), ('"1e2"', 100.0, 0),
    ],
)  # fmt: skip
def test_figures_keep_the_decimals_they_state(tmp_path, figure, value, decimals):
    (claim,) = project(tmp_path, CLAIM.format(figure)).claims
    assert (claim.figure, claim.decimals) == (value, decimals)
    assert type(claim.figure) in (float, type(None))
    assert project(tmp_path, CLAIM.format(figure)).settings()["claims"][0]["decimals"] == decimals


def test_decimals_are_found_and_never_stated(tmp_path):
    assert mistakes(tmp_path, CLAIM.format("5") + "decimals = 3\n")[0][0] == 5


def test_a_rule_set_with_a_byte_order_mark(tmp_path):
    (tmp_path / "own.toml").write_text("name = 'own'", encoding="utf-8-sig")
    assert project(tmp_path, '[coverage]\nruleset = "own.toml"\n').ruleset_text() == "name = 'own'"
