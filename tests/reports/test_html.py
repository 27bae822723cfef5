"""The page as text: order, escaping, what is told of cut lists, and every marked figure equal to its ids."""

import json
import re
from dataclasses import replace
from html.parser import HTMLParser

import pandas as pd
import pytest

from gridkit.errors import OutputError
from gridkit.model import AuditResult, Findings, Indicators
from gridkit.model.results import CLAIM_COLUMNS, INDICATOR_COLUMNS
from gridkit.reports import page_sections, summary, write_html
from gridkit.reports.html import css_text, render
from gridkit.reports.page_data import MOST_OF_LARGE, Marks, ranges, safe_json
from gridkit.reports.page_map import draw, share_class
from gridkit.reports.page_plan import EXAMPLES
from gridkit.reports.trail import figure_ids
from tests import tiny
from tests.reports import sample, sample_proof

ALLOWED = {
    "html", "head", "meta", "link", "title", "style", "body", "header", "nav", "a", "h1", "h2", "h3", "p", "main",
    "section", "div", "i", "b", "ol", "ul", "li", "small", "span", "button", "table", "thead", "tbody", "tr", "th",
    "td", "dl", "dt", "dd", "details", "summary", "br", "svg", "desc", "path", "text", "aside", "script",
}  # fmt: skip


class Page(HTMLParser):
    """Tags, active attributes, the data, and the marked figures of a page."""

    def __init__(self, text):
        super().__init__()
        self.tags, self.attributes, self.figures, self.scripts = set(), set(), [], []
        self._key = self._script = None
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        values = dict(attrs)
        self.tags.add(tag)
        self.attributes |= {(name, value) for name, value in attrs if name in ("src", "href") or name.startswith("on")}
        self._key = values.get("data-figure")
        if tag == "script":
            self.scripts.append("")

    def handle_data(self, data):
        if self.scripts and self.cdata_elem == "script":
            self.scripts[-1] += data
        elif self._key:
            self.figures.append((self._key, data))
            self._key = None

    @property
    def data(self):
        return json.loads(self.scripts[0])


@pytest.fixture(scope="module")
def page():
    return render(sample_proof.run("en"))


def visible(page):
    return re.sub(r"<(style|script)[^>]*>.*?</\1>", "", page, flags=re.DOTALL)


def test_nothing_of_the_files_becomes_markup(page):
    parsed = Page(page)
    assert parsed.tags <= ALLOWED
    anchors = {value for name, value in parsed.attributes if name == "href" and value.startswith("#")}
    assert parsed.attributes - {("href", anchor) for anchor in anchors} == {("href", "data:,")}
    assert "&lt;img src=x onerror=alert(1)&gt;" in page
    assert "<img" not in page
    assert len(parsed.scripts) == 2


def test_every_anchor_of_the_head_is_there(page):
    anchors = re.findall(r'<a href="#(\w+)"', page)
    assert anchors[:3] == ["verdicts", "numbers", "map"]
    assert all(f'<section id="{anchor}"' in page for anchor in anchors)


def test_no_request(page):
    assert not re.search(r"https?://", page.replace("http://x", ""))
    assert "url(" not in page
    assert "@import" not in page
    assert "default-src 'none'" in page
    assert "script-src 'sha256-" in page


def test_verdicts_come_first_then_the_numbers_the_map_and_the_proof(page):
    text = visible(page)
    names = ("verdicts", "numbers", "map", "uncovered", "matrix", "tricks", "plan")
    order = [text.index(f'id="{name}"') for name in names]
    assert order == sorted(order)
    assert text.index('class="claim refuted"') < text.index('class="claim upheld"')
    assert "37.5%–62.5%" in text
    assert "Would hold only under" in text


def test_the_verdict_is_a_word_and_a_shape_beside_the_colour(page):
    for key, mark in page_sections.MARKS.items():
        if f'claim {key}"' in page:
            assert mark in page[page.index(f'claim {key}"') :][:200]


def test_every_marked_figure_equals_what_stands_behind_it():
    run = sample_proof.run("en")
    parsed, trail = Page(render(run)), figure_ids(run)
    numbers = [(key, text) for key, text in parsed.figures if not key.endswith("|rate")]
    assert len(numbers) > 40
    for key, text in numbers:
        assert trail[key].figure == int(text.replace(",", "")), key


def test_the_data_holds_the_rows_of_every_button():
    run = sample_proof.run("en")
    text = render(run)
    data = Page(text).data
    for key in re.findall(r'<button type="button" class="f" data-figure="([^"]+)"', text):
        title, figure, ids, extra, _records, made, _where, total, _weight = data["f"][key]
        there = sum(int(b or a) - int(a) + 1 for a, b in (re.match(r"(\d+)-?(\d*)", part).groups()
                                                          for part in ids.split(",") if part))  # fmt: skip
        assert made or there == total
        assert not made or all(part in data["f"] for part in made)
        assert isinstance(title, str) and figure >= extra


def test_the_confirmed_ones_come_before_the_possible_ones(page):
    section = page[page.index('<section id="uncovered"') :]
    section = section[: section.index("</section>")]
    assert section.index("confirmed uncovered") < section.index("possibly covered")
    assert "向阳院" in section


def test_long_lists_are_cut_and_say_so(monkeypatch):
    monkeypatch.setattr(page_sections, "CONFIRMED", 1)
    page = render(sample_proof.run("en"))
    assert "First 1 of 3, those with most households; all in audit.xlsx." in page


def test_a_large_city_holds_only_the_first_rows_and_says_where_the_others_are(monkeypatch):
    monkeypatch.setattr("gridkit.reports.page_data.LARGE", 1)
    monkeypatch.setattr("gridkit.reports.page_data.MOST_OF_LARGE", 2)
    entry = Page(render(sample_proof.run("en"))).data["f"]["status|UNKNOWN"]
    assert MOST_OF_LARGE == 150
    assert (entry[1], entry[7], entry[6]) == (2, 2, "tables/compounds.parquet: status = UNKNOWN")
    entry = Page(render(sample_proof.run("en"))).data["f"]["shade|confirmed"]
    assert (entry[1], entry[7]) == (3, 3)
    assert sum(1 for part in entry[2].split(",")) <= 2


def test_the_page_shows_no_internal_ids_of_indicators(page):
    text = re.sub(r'data-figure="[^"]*"', "", visible(page))
    for word in ("internal id", "coverage.organisation.declared", "branch_or_group"):
        assert word not in text


def test_findings_are_counted_with_what_to_do_and_the_source(page):
    section = page[page.index('<section id="findings"') :]
    assert section.index("C101") < section.index("C103") < section.index("S104")
    assert "what to do" in section
    assert "source of the rule" in section


def test_definitions_allowance_and_hashes_are_there(page):
    assert "through the unit&#39;s organisation, own branch, joint branch; rule set: strict definition (strict)" in page
    assert "measured: 0 of 240 checked links wrong" in page
    assert "0" * 12 in page


def test_without_a_proof_only_its_sections_are_missing():
    page = render(replace(sample_proof.run("en"), result=AuditResult()))
    for name in ("matrix", "tricks", "plan", "bridges", "league"):
        assert f'<section id="{name}"' not in page
    assert '<section id="uncovered"' in page
    assert "assumed: nobody has checked a sample" in page


def test_chinese_is_the_default_and_internal_is_said():
    page = render(sample.run())
    assert '<html lang="zh-CN">' in page
    public = replace(sample.run("en"), settings={"profile": "public"})
    assert "internal material" not in render(public)
    assert "internal material" in render(sample.run("en"))


def test_the_name_of_the_city_cannot_leave_the_style():
    city = replace(sample.city(), name='x"}</style><script>alert(1)</script>')
    page = render(replace(sample.run("en"), city=city))
    assert page.count("</style>") == 1
    assert page.count("<script") == 2
    assert css_text('"\\\n<') == '"\\22 \\5c \\a \\3c "'


def test_the_first_examples_of_each_rule_and_the_rest_counted():
    rows = [{"code": "C101", "severity": "error", "subject": str(i), "params": {}} for i in range(EXAMPLES + 7)]
    page = render(replace(sample.run("en"), findings=Findings.of(rows)))
    assert "7 more are in the workbook." in page


def test_an_empty_run_has_a_page():
    run = sample.run("en")
    nothing = replace(
        run,
        findings=Findings.none(),
        claims=pd.DataFrame(columns=list(CLAIM_COLUMNS)),
        indicators=Indicators(pd.DataFrame(columns=list(INDICATOR_COLUMNS))),
    )
    page = render(nothing)
    assert "Nothing was found." in page
    assert '<section id="verdicts"' not in page


def test_a_city_without_shapes_has_no_map():
    run = sample.run("en")
    layers = {}
    for level in ("street", "community"):
        frame = run.city.layers[level].frame.copy()
        frame["geometry"] = None
        layers[level] = type(run.city.layers[level])(level, frame)
    bare = replace(run, city=run.city.with_layers(**layers))
    assert draw(bare) is None
    assert "<svg" not in render(bare)


def test_the_map_counts_its_classes_and_dots():
    """A: 1 of 4 lacks an organisation (a4); B: b1 of 2; C: c1 of 2, and two are unknown."""
    drawing = draw(sample_proof.run("en"))
    assert {area["name"]: area["class"] for area in drawing.areas} == {
        "东门社区": "lt50", "西门社区": "most", "河口社区": "most"
    }  # fmt: skip
    assert (drawing.dots_drawn, drawing.dots_total) == (3, 3)
    assert drawing.dots.count("M") == 3
    assert sum(entry["count"] for entry in drawing.legend) == len(drawing.areas)
    assert share_class(999, 1000) == "most"


def test_ranges_and_safe_json():
    assert ranges([]) == ""
    text = str(safe_json({"a": "</script><!--\u2028\u2029&"}))
    assert not re.search("[<>&\u2028\u2029]", text)
    assert json.loads(text) == {"a": "</script><!--\u2028\u2029&"}


def test_a_figure_that_nobody_knows_is_plain_text():
    marks = Marks.of(sample.run())
    assert str(marks.mark("nothing|x", "<7>")) == "<span class=n0>&lt;7&gt;</span>"
    assert marks.titles == {}


def test_a_path_that_cannot_be_written_is_one_clear_error(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(OutputError):
        write_html(sample.run("en"), tmp_path / "file" / "audit.html")


def test_a_claim_that_names_its_place_leads_to_its_rows_as_any_other_does():
    plain = sample.run("en")
    claims = plain.claims.assign(
        scope=pd.Series(["平安街道", ""], dtype="object"), scope_code=pd.Series([tiny.STREET1, ""], dtype="object"),
        scope_level=pd.Series(["street", "city"], dtype="object"),
    )  # fmt: skip
    text = render(replace(plain, claims=claims))
    verdicts = text[text.index('id="verdicts"') : text.index('id="numbers"')]
    got = re.findall(r'<div class="got">.*?</div>', verdicts, re.S)
    assert len(got) == 2
    assert all(one.count("data-figure=") == 2 for one in got)
    assert f"coverage.organisation.declared|street|{tiny.STREET1}|compounds|numerator" in got[0]


def test_masked_ranged_and_unreadable_claims_say_only_what_is_there():
    plain = sample.run("en")
    masked = {"key": "redacted", "numerator": 3, "denominator": 8, "unknown": 2, "excluded": 0}
    wrong = {"key": "unreadable", "mistakes": ("scope must be a text",)}
    claims = plain.claims.assign(
        figure=float("nan"), because=[masked, wrong], indicator=pd.Series(["coverage.organisation.declared", ""]),
        numerator=pd.array([3, pd.NA], "Int64"), denominator=pd.array([8, pd.NA], "Int64"), verdict="undetermined",
        basis=pd.Series(["compounds", ""], dtype="object"), scope_level=pd.Series(["city", ""], dtype="object"),
    )  # fmt: skip
    text = render(replace(plain, claims=claims))
    verdicts = text[text.index('id="verdicts"') : text.index('id="numbers"')]
    assert "stated XX%" in verdicts
    assert "stated —" in verdicts
    assert " · </p>" not in verdicts
    assert verdicts.count("whole city") == 1


def test_the_page_has_one_interval_for_one_figure():
    plain = sample.run("en")
    frame = plain.indicators.frame.assign(allowance_low=1, allowance_high=1)
    run = replace(plain, indicators=Indicators(frame))
    text = render(run)
    cards = text[text.index('id="numbers"') : text.index('id="map"')]
    declared = summary.headline(run)[0]
    assert declared.rate == "25.0%–75.0%"
    assert f">{declared.rate}</button>" in cards
    assert "without the link-error allowance: 37.5%–62.5%" in cards
    assert 'class="low" style="width:25.000%"' in cards
    assert 'class="maybe" style="width:50.000%"' in cards
