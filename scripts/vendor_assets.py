"""Fetch the third-party scripts that maps carry inside, and write their hashes to ``ASSETS.toml``.

Needs the npm client; run by hand when a version changes: ``python scripts/vendor_assets.py``. The result is committed,
so that neither a build nor a map ever needs a network.
"""

from __future__ import annotations

import hashlib
import re
import shutil
import subprocess
import sys
import tarfile
import tempfile
from dataclasses import dataclass
from pathlib import Path

ASSETS = Path(__file__).resolve().parent.parent / "gridkit" / "maps" / "assets"
HEAD = "# Written by scripts/vendor_assets.py: third-party files that are put into every map that needs them.\n"
LIMIT = 2_100_000
"""Bytes of all files together; the wheel compresses them to half."""

# the first packages lie in the assets folder itself, where our own pages name them; the others in a folder of their own
FLAT = {"leaflet": "dist/", "jquery": "dist/", "fflate": "umd/"}
RENAMED = {"fflate": ("index.js", "fflate.js")}

MIT = """{holder}

Permission is hereby granted, free of charge, to any person obtaining a copy of this software and associated
documentation files (the "Software"), to deal in the Software without restriction, including without limitation the
rights to use, copy, modify, merge, publish, distribute, sublicense, and/or sell copies of the Software, and to permit
persons to whom the Software is furnished to do so, subject to the following conditions:

The above copyright notice and this permission notice shall be included in all copies or substantial portions of the
Software.

THE SOFTWARE IS PROVIDED "AS IS", WITHOUT WARRANTY OF ANY KIND, EXPRESS OR IMPLIED, INCLUDING BUT NOT LIMITED TO THE
WARRANTIES OF MERCHANTABILITY, FITNESS FOR A PARTICULAR PURPOSE AND NONINFRINGEMENT. IN NO EVENT SHALL THE AUTHORS OR
COPYRIGHT HOLDERS BE LIABLE FOR ANY CLAIM, DAMAGES OR OTHER LIABILITY, WHETHER IN AN ACTION OF CONTRACT, TORT OR
OTHERWISE, ARISING FROM, OUT OF OR IN CONNECTION WITH THE SOFTWARE OR THE USE OR OTHER DEALINGS IN THE SOFTWARE.
"""


@dataclass(frozen=True, slots=True)
class Package:
    """One npm package: its licence, the file that holds the text (or the holder, where it has none), and our files.

    ``files`` pairs a file of the package with the pattern of the addresses that it stands for, empty for a file that
    other files refer to.
    """

    name: str
    version: str
    licence: str
    text: str
    files: tuple[tuple[str, str], ...]

    @property
    def short(self) -> str:
        """Name without the scope."""
        return self.name.rsplit("/", maxsplit=1)[-1]

    def place(self, source: str) -> str:
        """Return the path of a file below the assets folder."""
        if self.name not in FLAT:
            # a folder named "dist" is what a checkout leaves out
            return f"vendor/{self.short}/{re.sub('^dist/', 'files/', source)}"
        name = source.removeprefix(FLAT[self.name])
        return RENAMED[self.name][1] if RENAMED.get(self.name, ("",))[0] == name else name


def _pictures(folder: str, *names: str) -> tuple[tuple[str, str], ...]:
    return tuple((f"{folder}/{name}", "") for name in names)


BSD2, BSD3 = "BSD-2-Clause", "BSD-3-Clause"
_MEASURES = [
    f"{name}{size}.png" for name in ("cancel", "check", "focus", "rulers", "start", "trash") for size in ("", "_@2X")
]
PACKAGES = (
    Package("leaflet", "1.9.4", BSD2, "LICENSE", (
        ("dist/leaflet.js", r"leaflet@1\.9\.\d+/dist/leaflet\.js$"),
        ("dist/leaflet.css", r"leaflet@1\.9\.\d+/dist/leaflet\.css$"),
        *_pictures("dist/images", "layers.png", "layers-2x.png", "marker-icon.png", "marker-icon-2x.png",
                   "marker-shadow.png"),
    )),
    Package("jquery", "3.7.1", "MIT", "LICENSE.txt", (
        ("dist/jquery.min.js", r"/jquery-3\.7\.\d+\.min\.js$|/jquery/3\.7\.\d+/jquery\.min\.js$"),
    )),
    Package("fflate", "0.8.3", "MIT", "LICENSE", (("umd/index.js", r"^gk:fflate\.js$"),)),
    Package("bootstrap", "5.2.2", "MIT", "LICENSE", (
        ("dist/css/bootstrap.min.css", r"bootstrap@5\.2\.\d+/dist/css/bootstrap\.min\.css$"),
        ("dist/js/bootstrap.bundle.min.js", r"bootstrap@5\.2\.\d+/dist/js/bootstrap\.bundle\.min\.js$"),
    )),
    Package("@fortawesome/fontawesome-free", "6.2.0", "CC-BY-4.0 AND OFL-1.1 AND MIT", "LICENSE.txt", (
        ("css/all.min.css", r"fontawesome-free@6\.2\.\d+/css/all\.min\.css$"),
        *_pictures("webfonts", "fa-solid-900.woff2", "fa-regular-400.woff2", "fa-brands-400.woff2",
                   "fa-v4compatibility.woff2"),
    )),
    Package("leaflet.awesome-markers", "2.0.5", "ISC", "LICENSE", (
        ("dist/leaflet.awesome-markers.min.js", r"awesome-markers/2\.0\.\d+/leaflet\.awesome-markers\.js$"),
        ("dist/leaflet.awesome-markers.css", r"awesome-markers/2\.0\.\d+/leaflet\.awesome-markers\.css$"),
        *_pictures("dist/images", "markers-soft.png", "markers-soft@2x.png", "markers-shadow.png",
                   "markers-shadow@2x.png"),
    )),
    Package("leaflet-search", "2.9.7", "MIT", "license.txt", (
        ("dist/leaflet-search.min.js", r"leaflet-search@2\.9\.\d+/dist/leaflet-search\.min\.js$"),
        ("dist/leaflet-search.min.css", r"leaflet-search@2\.9\.\d+/dist/leaflet-search\.min\.css$"),
        *_pictures("images", "search-icon.png", "loader.gif"),
    )),
    Package("leaflet.fullscreen", "3.0.0", "MIT", "LICENSE", (
        ("Control.FullScreen.js", r"leaflet\.fullscreen@3\.0\.\d+/Control\.FullScreen\.min\.js$"),
        ("Control.FullScreen.css", r"leaflet\.fullscreen@3\.0\.\d+/Control\.FullScreen\.css$"),
        ("icon-fullscreen.svg", ""),
    )),
    Package("leaflet.control.layers.tree", "1.1.0", BSD3, "LICENSE", (
        ("L.Control.Layers.Tree.js", r"layers\.tree@1\.1\.\d+/L\.Control\.Layers\.Tree\.min\.js$"),
        ("L.Control.Layers.Tree.css", r"layers\.tree@1\.1\.\d+/L\.Control\.Layers\.Tree\.min\.css$"),
    )),
    Package("leaflet-groupedlayercontrol", "0.6.1", "MIT", "LICENSE.txt", (
        ("dist/leaflet.groupedlayercontrol.min.js", r"/0\.6\.1/leaflet\.groupedlayercontrol\.min\.js$"),
        ("dist/leaflet.groupedlayercontrol.min.css", r"/0\.6\.1/leaflet\.groupedlayercontrol\.min\.css$"),
    )),
    Package("leaflet-draw", "1.0.2", "MIT", "Copyright 2012-2016 Jacob Toye and Leaflet", (
        ("dist/leaflet.draw.js", r"leaflet\.draw/1\.0\.\d+/leaflet\.draw\.js$"),
        ("dist/leaflet.draw.css", r"leaflet\.draw/1\.0\.\d+/leaflet\.draw\.css$"),
        *_pictures("dist/images", "spritesheet.png", "spritesheet-2x.png", "spritesheet.svg"),
    )),
    Package("leaflet.markercluster", "1.1.0", "MIT", "MIT-LICENCE.txt", (
        ("dist/leaflet.markercluster.js", r"markercluster/1\.1\.\d+/leaflet\.markercluster\.js$"),
        ("dist/MarkerCluster.css", r"markercluster/1\.1\.\d+/MarkerCluster\.css$"),
        ("dist/MarkerCluster.Default.css", r"markercluster/1\.1\.\d+/MarkerCluster\.Default\.css$"),
    )),
    Package("leaflet-minimap", "3.6.1", BSD2, "LICENSE.txt", (
        ("dist/Control.MiniMap.min.js", r"leaflet-minimap/3\.6\.\d+/Control\.MiniMap\.js$"),
        ("dist/Control.MiniMap.min.css", r"leaflet-minimap/3\.6\.\d+/Control\.MiniMap\.css$"),
        *_pictures("dist/images", "toggle.png", "toggle.svg"),
    )),
    Package("leaflet-measure", "3.1.0", "MIT", "LICENSE", (
        ("dist/leaflet-measure.js", r"leaflet-measure@2\.1\.\d+/dist/leaflet-measure\.min\.js$"),
        ("dist/leaflet-measure.css", r"leaflet-measure@2\.1\.\d+/dist/leaflet-measure\.min\.css$"),
        *_pictures("dist/assets", *_MEASURES),
    )),
    Package("leaflet.featuregroup.subgroup", "1.0.2", BSD2, "LICENSE", (
        ("dist/leaflet.featuregroup.subgroup.js", r"subgroup@1\.0\.\d+/dist/leaflet\.featuregroup\.subgroup\.js$"),
    )),
    Package("topojson-client", "3.1.0", "ISC", "LICENSE", (
        ("dist/topojson-client.min.js", r"/topojson/1\.6\.\d+/topojson\.min\.js$"),
    )),
    Package("leaflet.heat", "0.2.0", BSD2, "LICENSE", (
        ("dist/leaflet-heat.js", r"folium/templates/leaflet_heat\.min\.js$"),
    )),
    Package("leaflet-ant-path", "1.1.2", "MIT", "LICENSE", (
        ("dist/leaflet-ant-path.js", r"leaflet-ant-path@1\.1\.\d+/dist/leaflet-ant-path\.min\.js$"),
    )),
    Package("leaflet-polylineoffset", "1.1.1", "MIT", "LICENSE", (
        ("leaflet.polylineoffset.js", r"polylineoffset@1\.1\.\d+/leaflet\.polylineoffset\.min\.js$"),
    )),
    Package("leaflet-semicircle", "2.0.4", "ISC", "LICENSE", (
        ("Semicircle.js", r"leaflet-semicircle@2\.0\.\d+/Semicircle\.min\.js$"),
    )),
    Package("leaflet-textpath", "1.2.3", "MIT", "LICENSE", (
        ("leaflet.textpath.js", r"leaflet-textpath@1\.2\.\d+/leaflet\.textpath\.min\.js$"),
    )),
    Package("polyline-encoded", "0.0.9", "MIT", "LICENSE", (
        ("Polyline.encoded.js", r"polyline-encoded@0\.0\.\d+/Polyline\.encoded\.js$"),
    )),
    Package("leaflet-timedimension", "1.1.1", "MIT", "LICENSE", (
        ("dist/leaflet.timedimension.min.js", r"timedimension@1\.1\.\d+/dist/leaflet\.timedimension\.min\.js$"),
        ("dist/leaflet.timedimension.control.css", r"@1\.1\.\d+/dist/leaflet\.timedimension\.control\.css$"),
    )),
    Package("iso8601-js-period", "0.2.1", "Apache-2.0", "Apache-2.0", (
        ("iso8601.js", r"iso8601-js-period@0\.2\.\d+/iso8601\.min\.js$"),
    )),
    Package("moment", "2.18.1", "MIT", "LICENSE", (("min/moment.min.js", r"moment\.js/2\.18\.\d+/moment\.min\.js$"),)),
    Package("leaflet.timeline", "1.6.0", "ISC", "LICENSE", (
        ("dist/leaflet.timeline.js", r"leaflet\.timeline@1\.6\.\d+/dist/leaflet\.timeline\.min\.js$"),
    )),
    Package("leaflet-easybutton", "2.4.0", "MIT", "LICENSE", (
        ("src/easy-button.js", r"leaflet-easybutton@2/src/easy-button\.js$"),
        ("src/easy-button.css", r"leaflet-easybutton@2/src/easy-button\.css$"),
    )),
    Package("leaflet-tag-filter-button", "0.0.4", "MIT", "LICENSE", (
        ("src/leaflet-tag-filter-button.js", r"/leaflet-tag-filter-button/src/leaflet-tag-filter-button\.js$"),
        ("src/leaflet-tag-filter-button.css", r"/leaflet-tag-filter-button/src/leaflet-tag-filter-button\.css$"),
    )),
    Package("css-ripple-effect", "1.0.5", "MIT", "LICENSE.md", (
        ("dist/ripple.min.css", r"css-ripple-effect@1\.0\.\d+/dist/ripple\.min\.css$"),
    )),
    Package("leaflet-side-by-side", "2.0.0", "MIT", "LICENSE", (
        ("index.js", r"leaflet-side-by-side@2\.0\.\d+/leaflet-side-by-side\.min\.js$"),
        ("layout.css", r"leaflet-side-by-side@2\.0\.\d+/leaflet-side-by-side\.min\.js$"),
        ("range.css", r"leaflet-side-by-side@2\.0\.\d+/leaflet-side-by-side\.min\.js$"),
        ("range-icon.png", ""),
    )),
    Package("leaflet.locatecontrol", "0.66.2", "MIT", "LICENSE", (
        ("dist/L.Control.Locate.min.js", r"locatecontrol/0\.66\.\d+/L\.Control\.Locate\.min\.js$"),
        ("dist/L.Control.Locate.min.css", r"locatecontrol/0\.66\.\d+/L\.Control\.Locate\.min\.css$"),
    )),
    Package("leaflet-realtime", "2.2.0", "ISC", "LICENSE.md", (
        ("dist/leaflet-realtime.js", r"leaflet-realtime/2\.2\.\d+/leaflet-realtime\.js$"),
    )),
    Package("leaflet.boatmarker", "1.1.5", "MIT", "LICENSE", (
        ("leaflet.boatmarker.min.js", r"/leaflet\.boatmarker/leaflet\.boatmarker\.min\.js$"),
    )),
    Package("@joergdietrich/leaflet.terminator", "1.3.0", "MIT", "LICENSE", (
        ("L.Terminator.js", r"/@joergdietrich/leaflet\.terminator$"),
    )),
    Package("leaflet.sync", "0.2.4", BSD3, "LICENSE", (("L.Map.Sync.js", r"/Leaflet\.Sync/L\.Map\.Sync\.min\.js$"),)),
    Package("leaflet.pattern", "0.1.0", BSD2, "LICENCE.txt", (
        ("dist/leaflet.pattern.js", r"/Leaflet\.pattern/leaflet\.pattern\.js$"),
    )),
    Package("beautifymarker", "1.0.9", "MIT", "LICENSE", (
        ("leaflet-beautify-marker-icon.js", r"/BeautifyMarker/leaflet-beautify-marker-icon\.min\.js$"),
        ("leaflet-beautify-marker-icon.css", r"/BeautifyMarker/leaflet-beautify-marker-icon\.min\.css$"),
    )),
    Package("overlapping-marker-spiderfier-leaflet", "0.2.7", "MIT", "Copyright (c) 2011-2012 George MacKerron", (
        ("dist/oms.js", r"/OverlappingMarkerSpiderfier-Leaflet/0\.2\.\d+/oms\.min\.js$"),
    )),
    Package("leaflet-dvf", "0.3.0", "MIT", "LICENSE", (
        ("dist/leaflet-dvf.markers.min.js", r"/leaflet-dvf/0\.3\.\d+/leaflet-dvf\.markers\.min\.js$"),
    )),
    Package("d3", "3.5.5", BSD3, "LICENSE", (("d3.min.js", r"/d3/3\.5\.\d+/d3\.min\.js$"),)),
    Package("d3-selection", "1.3.0", BSD3, "LICENSE", (("dist/d3-selection.min.js", r"//d3js\.org/d3\.v4\.min\.js$"),)),
)  # fmt: skip


COMPILE = r"""
const fs = require("fs"), calls = [];
function Fake(names, body) { calls.push("function (" + names + ") {\n" + body + "\n}"); return Function(names, body); }
const L = new Proxy(function () {}, { get: (t, key) => key === Symbol.toPrimitive ? () => "" : L, apply: () => L,
  construct: () => ({}) });
Function("Function", "L", "window", "document", "navigator", fs.readFileSync(process.argv[1], "utf8"))(
  Fake, L, { L: L }, L, {});
console.log(calls.join(",\n"));
"""
TEMPLATES = """// Written by scripts/vendor_assets.py: the templates of leaflet-measure as functions, in the order
// in which it makes them. It would make them out of texts, which the policy of a page refuses.
var gkTemplates = (function () {{
var made = [
{functions}
], next = 0;
return function () {{ return made[next++]; }};
}})();
"""


def compile_templates(script: Path) -> str:
    """Return a script with the functions that ``leaflet-measure`` makes with ``Function`` when it is loaded."""
    node = shutil.which("node") or "node"
    done = subprocess.run([node, "-e", COMPILE, str(script)], check=True, capture_output=True, text=True)
    return TEMPLATES.format(functions=done.stdout.rstrip())


def unpack(package: Package, folder: Path) -> Path:
    """Download one package with the npm client and return the folder of its files."""
    target = folder / package.short
    target.mkdir()
    npm = shutil.which("npm") or "npm"
    command = [npm, "pack", "--silent", f"{package.name}@{package.version}"]
    subprocess.run(command, cwd=target, check=True, stdout=subprocess.DEVNULL)
    with tarfile.open(next(target.glob("*.tgz"))) as archive:
        archive.extractall(target, filter="data")
    return next(path for path in target.iterdir() if path.is_dir())


def licence(package: Package, folder: Path) -> bytes:
    """Return the licence text: the package's own file, or the standard text where it carries none."""
    own = folder / package.text
    if own.is_file():
        return own.read_bytes()
    if package.licence == "Apache-2.0":
        return Path("/usr/share/common-licenses/Apache-2.0").read_bytes()
    return MIT.format(holder=package.text).encode("utf-8")


def entry(package: Package, source: str, pattern: str) -> str:
    """Return the TOML table of one file that lies in the assets folder."""
    place = package.place(source)
    fields = {
        "name": package.name,
        "version": package.version,
        "licence": package.licence,
        "licence_file": f"licences/{package.short}.txt",
        "package": f"npm:{package.name}@{package.version}",
        "source": source,
        "file": place,
        "sha256": hashlib.sha256((ASSETS / place).read_bytes()).hexdigest(),
        "url": pattern,
    }
    return "\n[[asset]]\n" + "".join(f"{key} = '{value}'\n" for key, value in fields.items())


def main() -> int:
    """Refresh all files, licences and the table."""
    shutil.rmtree(ASSETS / "vendor", ignore_errors=True)
    (ASSETS / "licences").mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory() as scratch:
        for package in PACKAGES:
            folder = unpack(package, Path(scratch))
            (ASSETS / "licences" / f"{package.short}.txt").write_bytes(licence(package, folder))
            for source, _ in package.files:
                target = ASSETS / package.place(source)
                target.parent.mkdir(parents=True, exist_ok=True)
                shutil.copyfile(folder / source, target)
    measure = ASSETS / "vendor" / "leaflet-measure" / "files" / "leaflet-measure.js"
    (ASSETS / "gk-templates.js").write_text(compile_templates(measure), encoding="utf-8")
    text = HEAD + "".join(entry(package, *file) for package in PACKAGES for file in package.files)
    (ASSETS / "ASSETS.toml").write_text(text, encoding="utf-8")
    size = sum((ASSETS / package.place(source)).stat().st_size for package in PACKAGES for source, _ in package.files)
    print(f"{size} bytes in {sum(len(package.files) for package in PACKAGES)} files")
    return int(size > LIMIT)


if __name__ == "__main__":
    sys.exit(main())
