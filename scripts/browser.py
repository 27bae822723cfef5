"""Make sure that the browser tests find a Chromium: ``python scripts/browser.py``.

Looks for ``GRIDKIT_CHROMIUM``, a Chromium or Chrome on the path, Playwright's own; installs one where none is found:
the Debian package ``chromium`` when root on a machine with apt, else Playwright's download.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")


def find() -> str | None:
    """Return the path of a Chromium, or None."""
    stated = os.environ.get("GRIDKIT_CHROMIUM")
    if stated:
        return stated
    on_path = next(filter(None, map(shutil.which, NAMES)), None)
    if on_path:
        return on_path
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        own = playwright.chromium.executable_path
    return own if Path(own).exists() else None


def install() -> None:
    """Install a Chromium."""
    is_root = hasattr(os, "geteuid") and os.geteuid() == 0
    if is_root and shutil.which("apt-get"):
        quiet = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
        subprocess.run(["apt-get", "update", "-qq"], check=True, env=quiet)
        command = ["apt-get", "install", "-y", "-qq", "--no-install-recommends", "chromium", "fonts-noto-cjk"]
        subprocess.run(command, check=True, env=quiet, stdout=subprocess.DEVNULL)
    else:
        subprocess.run([sys.executable, "-m", "playwright", "install", "chromium"], check=True)


if __name__ == "__main__":
    if find() is None:
        install()
    found = find()
    print(f"browser: {found}" if found else "browser: none could be found or installed")
    sys.exit(0 if found else 1)
