"""The vendored files are what their table says, and each has its licence beside it."""

from __future__ import annotations

import hashlib
import re

import pytest

from gridkit.maps import vendored


def test_hashes_licences_and_completeness():
    listed = set()
    for asset in vendored.assets():
        data = (vendored.folder() / asset.file).read_bytes()
        assert hashlib.sha256(data).hexdigest() == asset.sha256, asset.file
        assert (vendored.folder() / asset.licence_file).is_file()
        listed.add(asset.file)
    own = {"gk.css", "shell.html", "ASSETS.toml"}
    files = {path.name for path in vendored.folder().iterdir() if path.is_file()}
    assert {name for name in files if not name.startswith("gk-")} == {name for name in listed if "/" not in name} | own


@pytest.mark.parametrize("file", sorted(path.name for path in vendored.folder().iterdir() if path.name[-3:] == ".js"))
def test_scripts_can_stand_inside_a_page(file):
    text = vendored.script(file)
    assert not re.search(r"(?i)</script|<!--", text)
    assert "sourceMappingURL" not in text


@pytest.mark.parametrize("file", ["leaflet.css", "gk.css"])
def test_styles_ask_for_nothing(file):
    text = vendored.style(file)
    assert set(re.findall(r"url\((?!data:)[^)]*\)", text)) <= {"url(#default#VML)"}
    assert "@import" not in text


def test_own_scripts_use_no_html_sink():
    sinks = r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|\beval\b|new Function|bindPopup|bindTooltip"
    for path in vendored.folder().iterdir():
        if path.name.startswith("gk-"):
            assert not re.search(sinks, path.read_text(encoding="utf-8")), path.name


@pytest.mark.parametrize(
    ("url", "file"),
    [
        ("https://cdn.jsdelivr.net/npm/leaflet@1.9.3/dist/leaflet.js", "leaflet.js"),
        ("https://cdn.jsdelivr.net/npm/leaflet@1.9.3/dist/leaflet.css", "leaflet.css"),
        ("https://code.jquery.com/jquery-3.7.1.min.js", "jquery.min.js"),
        ("gk:gk-main.js", "gk-main.js"),
        ("gk:nothing.js", None),
        ("gk:../figure.js", None),
        ("https://cdn.jsdelivr.net/npm/leaflet@2.0.0/dist/leaflet.js", None),
        ("https://example.org/leaflet.js", None),
    ],
)
def test_addresses(url, file):
    assert vendored.find(url) == file
