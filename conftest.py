"""What tests and the examples in docstrings share: English messages unless a test says otherwise."""

from __future__ import annotations

import gc

import pytest

from gridkit import locale

gc.set_threshold(50_000, 20, 20)
"""Eight thousand tests and what they import stay to the end: looking through them again took 8 % of the time."""


def pytest_collection_finish():
    """Leave what was collected out of every later search for garbage."""
    gc.freeze()


@pytest.fixture(autouse=True)
def english():
    """Speak English inside each test and each example."""
    with locale.speaking("en"):
        yield
