"""What every test shares: failures that are told as to a user, and no network."""

from __future__ import annotations

import socket

import pytest

_connect = socket.socket.connect


@pytest.fixture(autouse=True)
def told(monkeypatch):
    monkeypatch.delenv("GRIDKIT_DEBUG", raising=False)


@pytest.fixture(autouse=True)
def no_network(monkeypatch):
    """A test that reaches for the network fails; the loopback of a local browser or server is let through."""

    def connect(self, address):
        if self.family in (socket.AF_INET, socket.AF_INET6) and address[0] not in ("127.0.0.1", "::1", "localhost"):
            raise AssertionError(f"a test opened a connection to {address}")
        return _connect(self, address)

    monkeypatch.setattr(socket.socket, "connect", connect)
