import json

import pytest

from gridkit.errors import UsageError
from gridkit.locale import speaking
from gridkit.stores import compare_runs, inputs_digest, read_manifest, verify_outputs, write_run
from tests import tiny
from tests.reports import sample

LIGHT = {
    "a.txt": lambda run, path: path.write_text(run.city.name, encoding="utf-8"),
    "b.txt": lambda run, path: path.write_text(run.language, encoding="utf-8"),
}


@pytest.fixture(autouse=True)
def english():
    with speaking("en"):
        yield


@pytest.fixture
def folder(tmp_path):
    return write_run(sample.run("en"), tmp_path, LIGHT)


def test_tampering_is_named(folder):
    (folder / "a.txt").write_text("?")
    (folder / "b.txt").unlink()
    (folder / "c.txt").write_text("?")
    assert verify_outputs(folder) == [
        ("a.txt", "the file was changed after the run"),
        ("b.txt", "the file is missing"),
        ("c.txt", "the run did not write this file"),
    ]


def test_equal_runs_do_not_differ(folder, tmp_path):
    again = write_run(sample.run("en"), tmp_path / "other", LIGHT, project=tmp_path / "else" / "gridkit.toml")
    assert compare_runs(read_manifest(folder), read_manifest(again)) == []


def test_differences_name_their_causes_first(folder):
    before = read_manifest(folder)
    after = json.loads(json.dumps(before))
    after["inputs"][0]["sha256"] = "f" * 64
    gone = after["inputs"].pop()
    after["inputs"].append({"path": "new.csv", "sheet": "", "kind": "units", "sha256": "1" * 64})
    after["versions"]["pandas"] = "0"
    after["rules"]["counts_as"] = []
    after["settings"] = {"name": "测试市"}
    after["outputs"]["a.txt"]["sha256"] = "f" * 64
    del after["outputs"]["b.txt"]
    after["outputs"]["c.txt"] = {"bytes": 1, "sha256": "0" * 64}
    said = compare_runs(before, after)
    assert said[0] == "input branches.xlsx!Sheet1 has changed"
    assert set(said[1:3]) == {"input new.csv is new", f"input {gone['path']}!{gone['sheet']} is no longer read"}
    assert said[3].startswith("settings.coverage.ruleset: ")
    assert said[4].startswith("rules.counts_as: ")
    assert said[5].endswith(" before, 0 now")
    assert said[6:] == [
        "output a.txt comes out with other bytes",
        "output b.txt is not written any more",
        "output c.txt was not written before",
    ]


def test_not_a_run_folder(tmp_path):
    with pytest.raises(UsageError, match=r"manifest\.json"):
        read_manifest(tmp_path)


@pytest.mark.parametrize("text", ["", "{", "[]", '{"schema": "gridkit-manifest/0"}'])
def test_a_damaged_manifest(tmp_path, text):
    (tmp_path / "manifest.json").write_text(text)
    with pytest.raises(UsageError, match="damaged"):
        read_manifest(tmp_path)


def test_the_digest_knows_what_matters():
    one, two = tiny.source("units", 3), tiny.source("branches", 2)
    base = inputs_digest([one, two], {"a": 1}, "rules", "zh")
    assert base == inputs_digest([two, one], {"a": 1}, "rules", "zh")
    changed = [
        inputs_digest([one], {"a": 1}, "rules", "zh"),
        inputs_digest([one, tiny.source("branches", 2, complete=True)], {"a": 1}, "rules", "zh"),
        inputs_digest([one, two], {"a": 2}, "rules", "zh"),
        inputs_digest([one, two], {"a": 1}, "other", "zh"),
        inputs_digest([one, two], {"a": 1}, "rules", "en"),
        inputs_digest([one, two], {"a": 1}, "rules", "zh", version="9"),
    ]
    assert len({base, *changed}) == 7


DAMAGE = {
    "a key is missing": lambda m: m.pop("outputs"),
    "no date, not even an empty one": lambda m: m.pop("as_of"),
    "no project": lambda m: m.pop("project"),
    "a list is a text": lambda m: m.update(inputs="none"),
    "inputs are no rows": lambda m: m.update(inputs=[1]),
    "an input without its hash": lambda m: m["inputs"][0].pop("sha256"),
    "an output is a number": lambda m: m["outputs"].update({"a.txt": 1}),
    "an output without its hash": lambda m: m["outputs"].update({"a.txt": {"bytes": 1}}),
    "versions are a list": lambda m: m.update(versions=[]),
    "a language that is not spoken": lambda m: m.update(language="fr"),
    "a language that is no text": lambda m: m.update(language=[]),
    "a date that is a number": lambda m: m.update(as_of=20240630),
    "another schema": lambda m: m.update(schema="gridkit-manifest/0"),
}


@pytest.mark.parametrize("damage", DAMAGE.values(), ids=list(DAMAGE))
def test_a_damaged_manifest_is_refused_whatever_is_wrong(folder, damage):
    manifest = read_manifest(folder)
    damage(manifest)
    (folder / "manifest.json").write_text(json.dumps(manifest), encoding="utf-8")
    for read in (read_manifest, verify_outputs):
        with pytest.raises(UsageError, match="damaged"):
            read(folder)


@pytest.mark.parametrize("text", ["", "[]", "null", "{", "[" * 100_000])
def test_a_file_that_is_no_manifest_is_refused(folder, text):
    (folder / "manifest.json").write_text(text, encoding="utf-8")
    with pytest.raises(UsageError, match="damaged"):
        read_manifest(folder)
