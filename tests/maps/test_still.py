from __future__ import annotations

import dataclasses
import struct
import zlib

import numpy as np
import pytest

from gridkit.errors import OutputError, UsageError
from gridkit.maps import fonts
from gridkit.maps.bare import without_compounds
from gridkit.maps.features import features
from gridkit.maps.fonts import FAMILIES, family
from gridkit.maps.profiles import Options
from gridkit.maps.still import _is_larger_beside, sheet_of, write_still
from gridkit.model import City, Layer
from tests import tiny
from tests.maps import sample


def drawn(run, path, *, dpi=50, **options):
    chosen = Options(**options)
    write_still(sheet_of(run, chosen, features(run, chosen)), path, dpi=dpi)
    return path.read_bytes()


def chunks(data: bytes) -> list[bytes]:
    at, found = 8, []
    while at < len(data):
        size, kind = struct.unpack(">I4s", data[at : at + 8])
        found.append(kind)
        at += size + 12
    return found


def pixels(data: bytes) -> np.ndarray:
    from io import BytesIO

    from PIL import Image

    return np.asarray(Image.open(BytesIO(data)).convert("RGB"))


def test_a3_at_300_dpi_is_what_a_printer_expects(tmp_path):
    data = drawn(sample.run(language="en"), tmp_path / "a.png", dpi=300)
    assert struct.unpack(">II", data[16:24]) == (4961, 3508)
    assert zlib.crc32(b"IEND") == struct.unpack(">I", data[-4:])[0]


def test_equal_runs_give_equal_bytes_without_date_or_software(tmp_path):
    data = drawn(sample.run(), tmp_path / "a.png")
    assert data == drawn(sample.run(), tmp_path / "b.png")
    assert set(chunks(data)) <= {b"IHDR", b"pHYs", b"IDAT", b"IEND"}


def test_colours_of_statuses_are_on_the_picture(tmp_path):
    """Every fill of the eight situations is there; the uncovered compound is hatched, not plain."""
    shown = pixels(drawn(sample.run(language="en"), tmp_path / "a.png", dpi=100))
    packed = shown.astype(np.int64) @ [65536, 256, 1]
    seen = set(np.unique(packed).tolist())
    for hex_ in ("122896", "98c7f1", "139d86", "9362b7", "e83504", "e5e6e6", "f6b39b"):
        assert int(hex_, 16) in seen


def test_legend_has_counts_and_denominators_and_the_foot_says_what_it_is():
    run = sample.run(language="en")
    sheet = sheet_of(run, Options(approval_no="S1"), features(run))
    lines = {style.id: line for style, line in sheet.legend}
    assert lines["OWN_BRANCH"].endswith("1/8") and lines["UNKNOWN"].endswith("1/8")
    assert sheet.notes[0].endswith("3/8, 37.5%; interval 37.5%–50.0%")
    # three of eight compounds are covered: the big figure says it as the page does
    assert sheet.figures[:2] == [("8", "compounds"), ("3", "organisation-covered  37.5%")]
    assert "Map review number: S1" in sheet.footer and sheet.mark == "Internal"
    assert sheet_of(run, Options(profile="public"), features(run)).mark == ""
    assert sheet.frames["compound"].loc["a2", "broken"] and not sheet.frames["compound"].loc["a1", "broken"]


@pytest.mark.parametrize("name", ["名" * 10_000, "مجمع سكني", "🏠🏡", "$x^2$ \\frac{", "", "{{ 1 }}"])
def test_strange_names_are_drawn(tmp_path, name):
    city = tiny.city([], {"a1": {"name": name}})
    frame = city.layers["street"].frame.copy()
    frame["name"] = name
    run = sample.run(city.with_layers(street=Layer("street", frame)), language="en")
    assert drawn(run, tmp_path / "a.png", title=name or None)[:4] == b"\x89PNG"


def test_points_and_nothing_at_all_are_drawn(tmp_path):
    assert drawn(sample.listing(40), tmp_path / "a.png")
    assert drawn(without_compounds(City("x", tiny.CRS)), tmp_path / "b.png")


def test_no_font_is_one_sentence_with_a_remedy(tmp_path, monkeypatch):
    monkeypatch.setattr(fonts, "installed", lambda *, anew=False: ["Times", "DejaVu Sans"])
    with pytest.raises(OutputError, match=r"no font with Chinese characters.*install one of Source Han Sans SC"):
        drawn(sample.run(), tmp_path / "a.png")
    assert not (tmp_path / "a.png").exists()
    assert family(["Map"]) == "DejaVu Sans"


def test_a_font_installed_since_is_found(monkeypatch):
    monkeypatch.setattr(fonts, "installed", lambda *, anew=False: ["SimHei"] if anew else [])
    assert family(["图"]) == "SimHei" and family(["图"], known=["SimSun", FAMILIES[0]]) == FAMILIES[0]


@pytest.mark.parametrize("dpi", [0, -1, 35, 5000])
def test_resolutions_that_nobody_wants(tmp_path, dpi):
    with pytest.raises(UsageError, match="choose between 36 and 1200"):
        drawn(sample.run(), tmp_path / "a.png", dpi=dpi)


def test_layers_without_any_registry_say_nothing_of_coverage():
    city = dataclasses.replace(sample.run().city, registries={})
    run = dataclasses.replace(sample.run(language="en"), city=city)
    sheet = sheet_of(run, Options(), features(run))
    assert [line for _style, line in sheet.legend] == ["Compounds  8"] and not sheet.notes and not sheet.figures


def test_a_wide_city_has_its_legend_below():
    # A3 is 420 x 297 mm; beside: 310.8 x 228.7, above: 403.2 x 154.4. A square city: 228.7 > 154.4; one of 2.9 : 1
    # is 107.2 high beside its legend and 139.0 above it
    assert (_is_larger_beside(1.0), _is_larger_beside(2.9)) == (True, False)
