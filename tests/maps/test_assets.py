"""The vendored files are what their table says, and each has its licence beside it."""

from __future__ import annotations

import contextlib
import hashlib
import importlib
import inspect
import re
import zlib
from pathlib import Path

import folium
import folium.plugins
import pytest
from folium.elements import JSCSSMixin

from gridkit.maps import vendored

SCRIPTS = sorted(
    {path.name for path in vendored.folder().iterdir() if path.name.endswith(".js")}
    | {asset.file for asset in vendored.assets() if asset.file.endswith(".js")}
)
STYLES = sorted(
    {path.name for path in vendored.folder().iterdir() if path.name.endswith(".css")}
    | {asset.file for asset in vendored.assets() if asset.file.endswith(".css")}
)
PERMISSIVE = {"MIT", "ISC", "BSD-2-Clause", "BSD-3-Clause", "Apache-2.0", "CC-BY-4.0", "OFL-1.1"}
ONLINE = {
    "GeoMan": "geoman",
    "Geocoder": "geocoder",
    "VectorGridProtobuf": "vectorgrid",
    "Vega": "vega",
}
"""What stays online: it asks a server, names no version, or draws with a library of 2014."""


def test_hashes_licences_and_completeness():
    listed = set()
    for asset in vendored.assets():
        data = (vendored.folder() / asset.file).read_bytes()
        assert hashlib.sha256(data).hexdigest() == asset.sha256, asset.file
        assert len((vendored.folder() / asset.licence_file).read_text(encoding="utf-8")) > 500, asset.name
        assert set(asset.licence.split(" AND ")) <= PERMISSIVE
        assert asset.package == f"npm:{asset.name}@{asset.version}"
        assert not {"dist", "build"} & set(asset.file.split("/")), "what .gitignore leaves out"
        listed.add(asset.file)
    own = {"gk.css", "shell.html", "ASSETS.toml"}
    files = {path.name for path in vendored.folder().iterdir() if path.is_file()}
    assert {name for name in files if not name.startswith("gk-")} == {name for name in listed if "/" not in name} | own
    for inner in ("vendor", "images"):
        below = {path.relative_to(vendored.folder()).as_posix() for path in (vendored.folder() / inner).rglob("*")}
        below = {name for name in below if (vendored.folder() / name).is_file()}
        assert below == {name for name in listed if name.startswith(f"{inner}/")}
    licences = {f"licences/{path.name}" for path in (vendored.folder() / "licences").iterdir()}
    assert licences == {asset.licence_file for asset in vendored.assets()}


def test_every_file_and_licence_goes_into_the_wheel():
    """What setuptools would put into a wheel, found without building one."""
    from setuptools import Distribution

    root = Path(__file__).resolve().parents[2]
    if not (root / "setup.cfg").is_file():
        pytest.skip("not in a source tree")
    with contextlib.chdir(root):
        distribution = Distribution()
        distribution.parse_config_files([str(root / "setup.cfg")])
        command = distribution.get_command_obj("build_py")
        command.ensure_finalized()
        command.manifest_files = {}
        packed = {Path(name).as_posix() for name in command.find_data_files("gridkit", "gridkit")}
    wanted = {f"gridkit/maps/assets/{name}" for asset in vendored.assets() for name in (asset.file, asset.licence_file)}
    assert wanted <= packed


def test_the_files_are_small_in_the_wheel():
    packed = sum(len(zlib.compress((vendored.folder() / asset.file).read_bytes(), 6)) for asset in vendored.assets())
    assert packed < 1_100_000


@pytest.mark.parametrize("file", SCRIPTS)
def test_scripts_can_stand_inside_a_page(file):
    text = vendored.script(file)
    assert not re.search(r"(?i)</script|<!--|[\u2028\u2029]", text)
    assert "sourceMappingURL" not in text


@pytest.mark.parametrize("file", STYLES)
def test_styles_ask_for_nothing(file):
    text = vendored.style(file)
    assert set(re.findall(r"url\(\s*(?![\"']?data:)([^)]*)", text)) <= {"#default#VML"}
    assert "@import" not in text


def test_own_scripts_use_no_html_sink():
    sinks = r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|\beval\b|new Function|bindPopup|bindTooltip"
    for path in vendored.folder().iterdir():
        if path.name.startswith("gk-") and path.name != "gk-guard.js":  # stands before those sinks
            assert not re.search(sinks, path.read_text(encoding="utf-8")), path.name


def test_every_picture_that_a_style_names_is_vendored_or_left_out_on_purpose():
    left_out = {file: vendored.style(file).count('url("data:,")') for file in STYLES}
    assert {file: count for file, count in left_out.items() if count} == {
        # the old format of each font beside the one that is there, and its second mention for old names
        "vendor/fontawesome-free/css/all.min.css": 16,
        # a font that no package holds, see gk-time.css
        "vendor/leaflet-timedimension/files/leaflet.timedimension.control.css": 5,
    }


def classes() -> list[type]:
    """Every class of folium that names scripts or styles."""
    modules = [folium.folium, folium.features, folium.map, folium.raster_layers, folium.vector_layers]
    modules += [importlib.import_module(f"folium.plugins.{name}") for name in folium.plugins.__dict__ if name[0] != "_"
                and inspect.ismodule(getattr(folium.plugins, name))]  # fmt: skip
    found = {
        item
        for module in modules
        for item in vars(module).values()
        if inspect.isclass(item) and issubclass(item, JSCSSMixin) and item is not JSCSSMixin
    }
    return sorted(found, key=lambda item: item.__name__)


@pytest.mark.parametrize("kind", classes(), ids=lambda kind: kind.__name__)
def test_which_parts_of_folium_are_offline(kind):
    asked = [url for _, url in (*kind.default_js, *kind.default_css)]
    absent = [url for url in asked if vendored.find(url) is None]
    assert bool(absent) == (kind.__name__ in ONLINE), absent
    assert all(ONLINE[kind.__name__] in url.lower() or "d3" in url for url in absent)


def test_most_of_folium_is_offline():
    names = {kind.__name__ for kind in classes()}
    assert names >= set(ONLINE)
    assert len(names - set(ONLINE)) >= 35


@pytest.mark.parametrize(
    ("url", "files"),
    [
        ("https://cdn.jsdelivr.net/npm/leaflet@1.9.3/dist/leaflet.js", ("leaflet.js",)),
        ("https://cdn.jsdelivr.net/npm/leaflet@1.9.3/dist/leaflet.css", ("leaflet.css",)),
        ("https://code.jquery.com/jquery-3.7.1.min.js", ("jquery.min.js",)),
        ("gk:gk-main.js", ("gk-main.js",)),
        ("gk:nothing.js", None),
        ("gk:../figure.js", None),
        ("https://cdn.jsdelivr.net/npm/leaflet@2.0.0/dist/leaflet.js", None),
        ("https://example.org/leaflet.js", None),
    ],
)
def test_addresses(url, files):
    assert vendored.find(url) == files
