"""``edits.jsonl``: what is written is read again, and every mistake is told with its line."""

from __future__ import annotations

import json

import pytest

from gridkit.errors import InputError
from gridkit.grids.replay import add, replay, start, undo
from gridkit.io.edits import read_edits, write_edits
from tests.grids.plans import usual


def some():
    plan = usual()
    plan, log = add(plan, start(plan), "move", {"atoms": ["A21"], "to": "g1"}, user="甲", reason='新建道路, \u2028 "x"')
    return add(plan, log, "rename", {"grid": "g1", "name": "东门第一网格"})[1]


def test_round_trip(tmp_path):
    path = tmp_path / "edits.jsonl"
    write_edits(some(), path)
    before = path.read_bytes()
    assert read_edits(path) == some()
    write_edits(read_edits(path), path)
    assert path.read_bytes() == before
    assert replay(usual(), read_edits(path)).grids["name"]["g1"] == "东门第一网格"


@pytest.mark.parametrize("change", [
    lambda data: b"\xef\xbb\xbf" + data,
    lambda data: data.replace(b"\n", b"\r\n"),
    lambda data: data.replace(b"\n", b"\n\n  \n"),
    lambda data: data.rstrip(b"\n"),
])  # fmt: skip
def test_what_other_programs_do_to_it(tmp_path, change):
    path = tmp_path / "edits.jsonl"
    write_edits(some(), path)
    path.write_bytes(change(path.read_bytes()))
    assert read_edits(path) == some()


def line(**more):
    fields = json.loads(some().edits[0].line())
    fields.update(more)
    return json.dumps({name: value for name, value in fields.items() if value is not ...})


@pytest.mark.parametrize(("text", "needle"), [
    ("{", "no JSON"),
    ("[1]", "an object with the fields"),
    ("NaN", "no JSON"),
    ("[" * 100_000, "no JSON"),
    (line(args={"lines": [[[1, 2]]]}).replace("[1, 2]", "[1e999, 2]"), "no JSON"),
    (line(hash=...), "missing: hash"),
    (line(more=1), "unknown: more"),
    (line(op="erase"), "erase is no operation"),
    (line(op=5), "op must be text"),
    (line(seq=True), "seq must be a whole number"),
    (line(seq="1"), "seq must be a whole number"),
    (line(args=[]), "args must be an object"),
    (line(reason="\ud800"), "half a character"),
    (line(args={"name": "\ud800"}), "half a character"),
])  # fmt: skip
def test_mistakes_with_their_line(tmp_path, text, needle):
    path = tmp_path / "edits.jsonl"
    path.write_text(some().edits[0].line() + "\n" + text + "\n", encoding="utf-8")
    with pytest.raises(InputError) as said:
        read_edits(path)
    assert str(said.value).startswith("edits.jsonl:2: ")
    assert needle in str(said.value)


def test_all_mistakes_at_once(tmp_path):
    path = tmp_path / "edits.jsonl"
    path.write_text("{\n" * 100, encoding="utf-8")
    with pytest.raises(InputError) as said:
        read_edits(path)
    assert "edits.jsonl:20:" in str(said.value)
    assert "80 more" in str(said.value)


@pytest.mark.parametrize("data", ["乱".encode("gbk"), b"\xff\xfe\x00"])
def test_no_utf8(tmp_path, data):
    path = tmp_path / "edits.jsonl"
    path.write_bytes(b"\n" + data)
    with pytest.raises(InputError, match=r"edits.jsonl:2: the text is not UTF-8"):
        read_edits(path)


def test_no_file(tmp_path):
    for path in (tmp_path / "edits.jsonl", tmp_path):
        with pytest.raises(InputError):
            read_edits(path)


def test_empty_and_long(tmp_path):
    path = tmp_path / "edits.jsonl"
    path.write_bytes(b"")
    assert read_edits(path, base="abc").base == "abc"
    path.write_text((some().edits[0].line() + "\n") * 50_000, encoding="utf-8")
    assert len(read_edits(path)) == 50_000


def test_undo_survives(tmp_path):
    plan, log = undo(usual(), some())
    write_edits(log, tmp_path / "edits.jsonl")
    assert replay(usual(), read_edits(tmp_path / "edits.jsonl")).base == plan.base
