"""Claims of a project file: day, rounding, range and declared definition, and what is wrong with them."""

from __future__ import annotations

import datetime as dt

import pytest

from gridkit.io.project import read_project
from tests.io.test_project import mistakes, project

HEAD = '[[claims]]\ntext = "a"\nindicator = "b"\n'


def claim(folder, lines):
    (found,) = project(folder, HEAD + lines).claims
    return found


def test_an_old_claim_declares_nothing(tmp_path):
    found = claim(tmp_path, "figure = 5\n")
    assert (found.as_of, found.rounding, found.upper, found.definition.text) == (None, None, None, "")


def test_everything_that_a_claim_may_say(tmp_path):
    found = claim(
        tmp_path,
        'figure = 85\nupper = "90%"\nas_of = 2024-06-30\nrounding = 1\n'
        'definition = { numerator = "valid", denominator = "not_exempt", weight = "households" }\n',
    )
    assert (found.figure, found.upper, found.decimals, found.as_of) == (85.0, 90.0, 1, dt.date(2024, 6, 30))
    assert (found.definition.text, found.definition.subject) == ("valid/not_exempt/households", "compound")
    assert claim(tmp_path, 'figure = "14.30"\nrounding = "none"\n').decimals == 2
    assert claim(tmp_path, 'figure = 1\n[claims.definition]\nnumerator = "branch"\n').definition.subject == "grid"
    assert claim(tmp_path, 'figure = 1\ndefinition = { denominator = "all" }\n').definition.subject == ""


@pytest.mark.parametrize(
    ("lines", "said"),
    [
        ("rounding = 1.5", 'rounding must be a number of decimals such as 1, or "none" where the figure is exact'),
        ("rounding = -1", 'rounding must be a number of decimals such as 1, or "none" where the figure is exact'),
        ("rounding = true", 'rounding must be a number of decimals such as 1, or "none" where the figure is exact'),
        ('as_of = "soon"', "as_of must be a date such as 2024-06-30"),
        ("as_of = 20240630", "as_of must be a date such as 2024-06-30"),
        ("upper = 80", "upper must not be less than figure"),
        ('upper = "XX"', "upper must be a number, or left out"),
        ('upper = "many"', "upper must be a number, or left out"),
        ('upper = 95\ncomparator = ">="', 'upper goes with comparator "=" only'),
        ("definition = 3", "definition must be a table"),
        ('definition = { weigth = "area" }', "unknown key weigth; did you mean weight?"),
        ('definition = { weight = "persons" }', "weight must be one of: "),
        ('definition = { numerator = "branch", weight = "residents" }', "definition mixes words of compounds and of "),
        ('figur = "x"', "unknown key figur; did you mean figure?"),
    ],
)
def test_mistakes_are_stated_with_their_line(tmp_path, lines, said):
    found = mistakes(tmp_path, HEAD + "figure = 90\n" + lines + "\n")
    assert any(sentence.startswith(said) for _, sentence in found), found
    assert all(line >= 1 for line, _ in found)


def test_settings_are_plain(tmp_path):
    project(tmp_path, HEAD + 'figure = 1\nas_of = 2024-06-30\ndefinition = { weight = "area" }\n')
    (found,) = read_project(tmp_path).settings()["claims"]
    assert (found["as_of"], found["definition"]["weight"], found["rounding"]) == ("2024-06-30", "area", None)
