"""Fetch the third-party scripts that maps carry inside, and write their hashes to ``ASSETS.toml``.

Needs the npm client; run by hand when a version changes: ``python scripts/vendor_assets.py``. The result is committed,
so that neither a build nor a map ever needs a network.
"""

from __future__ import annotations

import hashlib
import shutil
import subprocess
import tarfile
import tempfile
from pathlib import Path

ASSETS = Path(__file__).resolve().parent.parent / "gridkit" / "maps" / "assets"
LEAFLET, JQUERY, FFLATE = ("leaflet", "1.9.4", "BSD-2-Clause"), ("jquery", "3.7.1", "MIT"), ("fflate", "0.8.3", "MIT")
# package, file in the package, file here, pattern of the addresses that it stands for
FILES = (
    (LEAFLET, "dist/leaflet.js", "leaflet.js", r"leaflet@1\.9\.\d+/dist/leaflet\.js$"),
    (LEAFLET, "dist/leaflet.css", "leaflet.css", r"leaflet@1\.9\.\d+/dist/leaflet\.css$"),
    (LEAFLET, "dist/images/layers.png", "images/layers.png", ""),
    (LEAFLET, "dist/images/layers-2x.png", "images/layers-2x.png", ""),
    (LEAFLET, "dist/images/marker-icon.png", "images/marker-icon.png", ""),
    (LEAFLET, "dist/images/marker-icon-2x.png", "images/marker-icon-2x.png", ""),
    (LEAFLET, "dist/images/marker-shadow.png", "images/marker-shadow.png", ""),
    (JQUERY, "dist/jquery.min.js", "jquery.min.js", r"/jquery-3\.7\.\d+\.min\.js$"),
    (FFLATE, "umd/index.js", "fflate.js", r"^gk:fflate\.js$"),
)
LICENCES = ((LEAFLET, "LICENSE"), (JQUERY, "LICENSE.txt"), (FFLATE, "LICENSE"))
HEAD = "# Written by scripts/vendor_assets.py: third-party files that are put into every map that needs them.\n"


def unpack(package: tuple[str, str, str], folder: Path) -> Path:
    """Download one package with the npm client and return the folder of its files."""
    name, version, _ = package
    target = folder / name
    target.mkdir()
    npm = shutil.which("npm") or "npm"
    subprocess.run([npm, "pack", "--silent", f"{name}@{version}"], cwd=target, check=True, stdout=subprocess.DEVNULL)
    with tarfile.open(next(target.glob("*.tgz"))) as archive:
        archive.extractall(target, filter="data")
    return target / "package"


def entry(package: tuple[str, str, str], source: str, name: str, pattern: str) -> str:
    """Return the TOML table of one file that lies in the assets folder."""
    digest = hashlib.sha256((ASSETS / name).read_bytes()).hexdigest()
    fields = {
        "name": package[0],
        "version": package[1],
        "licence": package[2],
        "licence_file": f"licences/{package[0]}.txt",
        "package": f"npm:{package[0]}@{package[1]}",
        "source": source,
        "file": name,
        "sha256": digest,
        "url": pattern,
    }
    return "\n[[asset]]\n" + "".join(f"{key} = '{value}'\n" for key, value in fields.items())


def main() -> None:
    """Refresh all files, licences and the table."""
    with tempfile.TemporaryDirectory() as scratch:
        folders = {package[0]: unpack(package, Path(scratch)) for package in (LEAFLET, JQUERY, FFLATE)}
        for package, source, name, _ in FILES:
            (ASSETS / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(folders[package[0]] / source, ASSETS / name)
        (ASSETS / "licences").mkdir(exist_ok=True)
        for package, source in LICENCES:
            shutil.copyfile(folders[package[0]] / source, ASSETS / "licences" / f"{package[0]}.txt")
    text = HEAD + "".join(entry(*row) for row in FILES)
    (ASSETS / "ASSETS.toml").write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
