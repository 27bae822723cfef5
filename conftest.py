"""What tests and the examples in docstrings share: English messages unless a test says otherwise."""

from __future__ import annotations

import pytest

from gridkit import locale


@pytest.fixture(autouse=True)
def english():
    """Speak English inside each test and each example."""
    with locale.speaking("en"):
        yield
