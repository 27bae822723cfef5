"""Build wheel and sdist and try them in empty environments: ``python scripts/smoke.py``.

Twice, each in a virtual environment of its own: the wheel with the pinned versions and without the test extra, and the
wheel with the lowest versions that setup.cfg states. In both ``gridkit --version`` and ``gridkit demo`` run, and
``import cli`` (the checkout's own file) does not.
"""

from __future__ import annotations

import configparser
import os
import subprocess
import sys
import tempfile
import venv
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent


def lowest() -> str:
    """Return constraints that hold every dependency at the lowest version that setup.cfg states."""
    config = configparser.ConfigParser()
    config.read(ROOT / "setup.cfg", encoding="utf-8")
    lines = config["options"]["install_requires"].split()
    return "\n".join(line.replace(">=", "==") for line in lines) + "\n"


def run(*command: str | Path, cwd: Path) -> str:
    """Run a command, show its output where it fails, and return it."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith("PYTHON")}
    done = subprocess.run(
        [str(part) for part in command], cwd=cwd, env=environment, text=True, capture_output=True, check=False
    )
    if done.returncode:
        sys.exit(f"{' '.join(map(str, command))}\n{done.stdout}\n{done.stderr}")
    return done.stdout


def try_wheel(wheel: Path, constraints: Path, folder: Path) -> None:
    """Install a wheel into an empty environment and use it."""
    venv.create(folder / "venv", with_pip=True)
    scripts = folder / "venv" / ("Scripts" if os.name == "nt" else "bin")
    python = scripts / "python"
    run(python, "-m", "pip", "install", "--quiet", "--constraint", constraints, wheel, cwd=folder)
    version = run(scripts / "gridkit", "--version", cwd=folder).strip()
    run(scripts / "gridkit", "demo", "city", "--size", "town", cwd=folder)
    if not list(folder.glob("city/runs/*/map.html")):
        sys.exit("gridkit demo wrote no map")
    absent = subprocess.run([str(python), "-c", "import cli"], cwd=folder, capture_output=True, check=False)
    if absent.returncode == 0:
        sys.exit("the wheel installs a module named cli")
    print(f"smoke: {version} works with {constraints.name}")


def main() -> None:
    """Build and try."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        run(sys.executable, "-m", "build", "--outdir", folder / "dist", ROOT, cwd=folder)
        (wheel,) = folder.glob("dist/*.whl")
        if not list(folder.glob("dist/*.tar.gz")):
            sys.exit("no sdist was built")
        pinned, low = folder / "pinned.txt", folder / "lowest.txt"
        pinned.write_text((ROOT / "constraints.txt").read_text(encoding="utf-8"), encoding="utf-8")
        low.write_text(lowest(), encoding="utf-8")
        for constraints in (pinned, low):
            place = folder / constraints.stem
            place.mkdir()
            try_wheel(wheel, constraints, place)


if __name__ == "__main__":
    main()
