from __future__ import annotations

import html.parser
import re

import pytest

from gridkit.errors import OutputError, UsageError
from gridkit.maps.prepared import prepare
from gridkit.maps.profiles import Options
from gridkit.maps.streets import file_names, write_by_street
from gridkit.model import City, Layer
from tests import tiny
from tests.maps import sample
from tests.maps.pages import data_of, settings_of

HOSTILE = "</a><script>alert(1)</script>{{ 7*7 }}"


def written(run, folder, **options):
    return write_by_street(prepare(run, Options(**options)), folder)


@pytest.fixture(scope="module")
def pages(tmp_path_factory):
    folder = tmp_path_factory.mktemp("pages")
    city = tiny.city([tiny.registry("branches", sample.BRANCHES)])
    frame = city.layers["street"].frame.copy()
    frame.loc[tiny.STREET2, "name"] = HOSTILE
    places = tiny.places()
    places.frame.loc["c2", ["grid", "community", "street"]] = ""
    city = city.with_layers(street=Layer("street", frame))
    files = written(sample.run(city, language="en", places=places), folder)
    return {file.name: file.read_text(encoding="utf-8") for file in files}


def test_an_index_and_a_page_per_street_and_one_for_what_lies_nowhere(pages):
    assert list(pages) == ["index.html", f"{tiny.STREET1}.html", f"{tiny.STREET2}.html", "unplaced.html"]


def test_the_index_links_each_page_and_makes_no_request(pages):
    found = []

    class Links(html.parser.HTMLParser):
        def handle_starttag(self, tag, attrs):
            assert tag not in ("script", "img", "link", "iframe")
            found.extend(value for name, value in attrs if name in ("href", "src"))

    Links().feed(pages["index.html"])
    assert found == [name for name in pages if name != "index.html"]
    assert "<script" not in pages["index.html"] and "{{ 7*7 }}" in pages["index.html"]


def test_figures_of_the_index_by_hand(pages):
    rows = re.findall(r"<tr><th scope=\"row\">.*?</tr>", pages["index.html"], re.S)
    found = [re.findall(r"<td[^>]*>(.*?)</td>", row, re.S) for row in rows]
    cells = [[re.sub("<[^>]*>", "", cell).strip() for cell in row] for row in found]
    assert [row[:3] for row in cells] == [
        ["6", "3", "3/6 50.0%"], ["1", "0", "0/1 0%"], ["1", "0", "0/1 0% 0%–100%"],
        ["8", "3", "3/8 37.5% 37.5%–50.0%"],
    ]  # fmt: skip


def test_a_page_holds_its_street_only_and_its_own_figures(pages):
    page = pages[f"{tiny.STREET1}.html"]
    levels = data_of(page)
    assert {level: sorted(frame.index) for level, frame in levels.items()} == {
        "street": [tiny.STREET1], "community": [tiny.A, tiny.B], "grid": [tiny.A1, tiny.A2, tiny.B1],
        "compound": ["a1", "a2", "a3", "a4", "b1", "b2"],
    }  # fmt: skip
    assert "3/6, 50.0%" in page and "3/8" not in page
    assert 'href="index.html"' in page and HOSTILE not in page and "向阳院" not in page
    assert sorted(data_of(pages["unplaced.html"])["compound"].index) == ["c2"]


def test_classes_are_those_of_the_whole_city(pages):
    whole = [one["classes"] for one in settings_of(pages[f"{tiny.STREET1}.html"])["indicators"]]
    assert whole == [one["classes"] for one in settings_of(pages[f"{tiny.STREET2}.html"])["indicators"]]


def test_equal_runs_give_equal_files(tmp_path):
    for name in ("a", "b"):
        written(sample.run(), tmp_path / name, both_languages=False)
    for file in (tmp_path / "a").iterdir():
        assert file.read_bytes() == (tmp_path / "b" / file.name).read_bytes()


@pytest.mark.parametrize(
    ("code", "name"),
    [("../../etc", "street-1.html"), ("index", "street-1.html"), ("CON", "street-1.html"), ("a" * 300, "street-1.html"),
     ("街道", "street-1.html"), ("a.b", "street-1.html"), ("990101001", "990101001.html")],
)  # fmt: skip
def test_codes_that_can_be_no_file_name(code, name):
    assert file_names([code]) == {code: name}


def test_names_stay_apart():
    names = file_names(["street-1", "../a", "unplaced", "Unplaced", ""])
    assert len({name.lower() for name in names.values()}) == 5 and names[""] == "unplaced.html"


def test_without_streets_or_a_folder(tmp_path):
    run = sample.run()
    city = City("bare", tiny.CRS, None, {"compound": run.city.layers["compound"]})
    with pytest.raises(UsageError, match="no streets"):
        written(sample.run(city), tmp_path / "x")
    (tmp_path / "file").write_text("")
    with pytest.raises(OutputError):
        written(run, tmp_path / "file", both_languages=False)
