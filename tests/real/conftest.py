"""Real files lie beside the project; where they are absent these tests are skipped, with the reason."""

from __future__ import annotations

from pathlib import Path

import pytest

REAL = Path(__file__).resolve().parents[3] / "shared" / "real"


@pytest.fixture(scope="session")
def real() -> Path:
    if not REAL.is_dir():
        pytest.skip("the real files are not beside the project")
    return REAL
