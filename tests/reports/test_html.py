import re
from dataclasses import replace
from html.parser import HTMLParser

import pandas as pd
import pytest

from gridkit.errors import OutputError
from gridkit.model import Findings, Indicators
from gridkit.model.results import CLAIM_COLUMNS, INDICATOR_COLUMNS
from gridkit.reports import write_html
from gridkit.reports.html import EXAMPLES, render
from tests.reports import sample

ALLOWED = {
    "html", "head", "meta", "link", "title", "style", "body", "header", "h1", "h2", "p", "main", "section", "div", "i",
    "b", "ul", "li", "small", "span", "article", "blockquote", "table", "thead", "tbody", "tr", "th", "td", "dl", "dt",
    "dd", "details", "summary", "br",
}  # fmt: skip


class Tags(HTMLParser):
    def __init__(self):
        super().__init__()
        self.tags, self.attributes = set(), set()

    def handle_starttag(self, tag, attrs):
        self.tags.add(tag)
        self.attributes |= {(name, value) for name, value in attrs if name in ("src", "href") or name.startswith("on")}


@pytest.fixture(scope="module")
def page():
    return render(sample.run("en"))


def test_nothing_of_the_files_becomes_markup(page):
    parser = Tags()
    parser.feed(page)
    assert parser.tags <= ALLOWED
    assert parser.attributes == {("href", "data:,")}
    assert "&lt;img src=x onerror=alert(1)&gt;" in page


def test_no_request(page):
    assert not re.search(r"https?://", page.replace("http://x&#34;", "").replace("http://x", ""))
    assert "url(" not in page
    assert "@import" not in page
    assert "default-src &#39;none&#39;" in page or "default-src 'none'" in page


def test_the_headline_comes_first_with_its_numbers(page):
    text = re.sub(r"<style>.*?</style>", "", page, flags=re.DOTALL)
    assert (
        text.index("37.5%–62.5%") < text.index("Compounds by status") < text.index("Claims") < text.index("By street")
    )
    assert "3 of 8 compounds" in text
    assert "1 uncovered" in text
    assert "2 without data" in text


def test_the_unknown_of_a_card_is_explained_and_its_names_are_listed(page):
    assert "2 unknown (1 of compounds + 1 of names that match nothing)" in page
    section = page[page.index("<h2>Names that match nothing") :]
    section = section[: section.index("</section>")]
    assert "无此小区" in section
    assert "无此党支部" in section
    assert "branches.xlsx!Sheet1!C8" in section or "branches.xlsx!Sheet1!" in section


def test_the_page_shows_neither_internal_columns_nor_bounds(page):
    for word in ("internal id", "coverage.organisation.declared", '<th class="n">lowest'):
        assert word not in page


def test_findings_are_counted_with_what_to_do_and_the_source(page):
    table = page[page.index('<table class="finding_counts">') :]
    assert table.index("C101") < table.index("C103") < table.index("S104")
    assert "what to do" in table
    assert "source of the rule" in table


def test_definitions_and_hashes_are_there(page):
    assert "through the unit&#39;s organisation, own branch, joint branch; rule set: strict definition (strict)" in page
    assert "0" * 64 in page


def test_chinese_is_the_default():
    assert '<html lang="zh-CN">' in render(sample.run())


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
    assert "Nothing was found." in render(nothing)


def test_a_path_that_cannot_be_written_is_one_clear_error(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(OutputError):
        write_html(sample.run("en"), tmp_path / "file" / "audit.html")
