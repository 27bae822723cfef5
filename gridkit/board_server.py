"""The redraw board on a local server: saved in place, with proposals, for one user of this computer.

The server listens on 127.0.0.1 alone. Other programs and pages of the same computer are kept out by a random token in
the address and in a header, by the names under which it answers (``Host``, against DNS rebinding) and by the origin
that a browser states. Every edit is checked, and on the disk before it is acknowledged (:mod:`gridkit.stores.journal`).
"""

from __future__ import annotations

import hmac
import json
import os
import re
import secrets
import threading
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any, Final

from gridkit.errors import GridkitError, OutputError, UsageError
from gridkit.grids.propose import Wish
from gridkit.grids.steps import steps_between
from gridkit.locale import N_, current, gettext, speaking
from gridkit.maps.board import board_page
from gridkit.maps.board_data import board_document, cuts_of
from gridkit.maps.board_server_words import server_words
from gridkit.maps.board_words import board_words
from gridkit.model.plan import EDIT_FIELDS, EditLog
from gridkit.plans import propose_plan
from gridkit.stores.journal import Conflict, Desk

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    import geopandas as gpd

    from gridkit.model.plan import Plan

HOST: Final = "127.0.0.1"
NAMES: Final = (HOST, "localhost")
"""Under which names the server answers."""
LARGEST: Final = 32 << 20
"""Bytes of a request; a log of 14,000 atoms cut and moved has less."""
PATIENCE: Final = 30.0
"""Seconds for which a connection may say nothing."""
CONFLICTS: Final = {
    "head": N_("another page has changed the plan"),
    "folder": N_("another program has changed the plan folder; end the board and start it again"),
}
"""Why edits or a save are refused, in words."""
TOKEN_HEADER: Final = "X-Gridkit-Token"
_POLICY: Final = re.compile(r'<meta http-equiv="Content-Security-Policy" content="([^"]*)">')
_SCRIPT: Final = "gk-board-serve"
_HEADERS: Final = {
    "Cache-Control": "no-store",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}
_NOTHING: Final = "default-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'"


class Refused(Exception):  # noqa: N818 - an answer, not an error of ours
    """A request that is not carried out: status and body."""

    def __init__(self, status: int, reason: str, text: str = "", **more: Any) -> None:
        super().__init__(reason)
        self.status = status
        self.body = {"error": reason, "text": text, **more}


@dataclass(frozen=True)
class Shown:
    """What a board shows besides the plan: heading, the plan that holds, lines to which cuts snap, and names."""

    title: str
    filed: Plan | None = None
    lines: gpd.GeoDataFrame | None = None
    names: Mapping[str, str] = field(default_factory=dict)


class Board:
    """A plan folder that one or several pages work on; requests take turns, proposals do not hold up edits."""

    def __init__(self, desk: Desk, shown: Shown) -> None:
        self.desk, self.shown = desk, shown
        self.token = secrets.token_urlsafe(24)
        self.language = current()
        self._turn = threading.Lock()
        self._proposing = threading.Lock()
        self._document: dict[str, Any] = {}

    def page(self) -> tuple[str, str]:
        """Return the page with all edits so far, and the policy under which it runs."""
        with self._turn:
            log, saved = self.desk.log, self.desk.stored.log.head
            if not self._document:
                base = self.desk.stored.base
                self._document = board_document(
                    base, EditLog(base.base), filed=self.shown.filed, lines=self.shown.lines, names=self.shown.names
                )
        lines = [{name: getattr(edit, name) for name in EDIT_FIELDS} | {"args": dict(edit.args)} for edit in log.edits]
        hashes = [edit.hash for edit in log.edits]
        server = {"token": self.token, "lines": hashes, "saved": saved, "restored": self.desk.restored}
        words = {**board_words(), **server_words()}
        said = {**self._document, "log": lines, "cuts": cuts_of(self.desk.stored.base, log)}
        settings = {"words": words, "server": server}
        text = board_page(said, title=self.shown.title, settings=settings, scripts=(_SCRIPT,))
        found = _POLICY.search(text)
        if found is None:  # pragma: no cover - every page of ours has one
            raise OutputError(N_("the page has no policy"))
        policy = found[1].replace("connect-src 'none'", "connect-src 'self'")
        text = text[: found.start(1)] + policy + text[found.end(1) :]
        return text, f"{policy}; frame-ancestors 'none'"

    def edits(self, asked: dict[str, Any]) -> dict[str, Any]:
        """Take new lines of the log."""
        head, keep, lines = asked.get("head"), asked.get("keep"), asked.get("lines")
        if not isinstance(head, str) or type(keep) is not int or not isinstance(lines, str):
            raise Refused(400, "request")
        with self._turn:
            n = self._minded(lambda: self.desk.take(head, keep, lines))
            return {"head": self.desk.log.head, "edits": n, "unsaved": self.desk.unsaved}

    def save(self, asked: dict[str, Any]) -> dict[str, Any]:
        """Write the plan folder in its place."""
        head = asked.get("head")
        if not isinstance(head, str):
            raise Refused(400, "request")
        with self._turn:
            n = self._minded(lambda: self.desk.save(head))
            return {"head": self.desk.log.head, "edits": n, "unsaved": 0}

    def propose(self, asked: dict[str, Any]) -> dict[str, Any]:
        """Return the edits that lead from the present plan to a proposal for one community."""
        head, code = asked.get("head"), asked.get("community")
        if not isinstance(head, str) or not isinstance(code, str):
            raise Refused(400, "request")
        with self._turn:
            if head != self.desk.log.head:
                said = CONFLICTS["head"]
                raise Refused(409, "head", gettext(said))
            plan = self.desk.plan
        if not self._proposing.acquire(blocking=False):
            raise Refused(409, "busy", gettext("a proposal is being made already"))
        try:
            found = self._minded(lambda: propose_plan(plan, baseline=plan, communities=[code], wish=Wish()))
        finally:
            self._proposing.release()
        row = found.report.iloc[0]
        return {
            "head": head, "steps": [[op, args] for op, args in steps_between(plan, found.plan)],
            "grids": int(row["grids"]), "in_band": int(row["in_band"]), "moved": int(row["moved"]),
        }  # fmt: skip

    def _minded(self, what: Callable[[], Any]) -> Any:
        """Do it, and say why not in the reader's words."""
        try:
            return what()
        except Conflict as problem:
            more = {"lines": [edit.hash for edit in self.desk.log.edits]} if problem.reason == "head" else {}
            raise Refused(409, problem.reason, gettext(CONFLICTS[problem.reason]), **more) from problem
        except OutputError as problem:
            raise Refused(507, "disk", str(problem)) from problem
        except GridkitError as problem:
            raise Refused(422, "refused", str(problem)) from problem


class Server(ThreadingHTTPServer):
    """A server of one board on this computer.

    Parameters
    ----------
    board : Board
    port : int
        0 takes a free one.

    Raises
    ------
    UsageError
        The port is taken.
    """

    daemon_threads = True
    allow_reuse_address = os.name == "posix"
    """On Windows the same flag would let two programs share the port."""

    def __init__(self, board: Board, port: int = 0) -> None:
        self.board = board
        try:
            super().__init__((HOST, port), _Handler)
        except (OSError, OverflowError) as problem:
            raise UsageError(
                N_("port {port} cannot be used: {why}"), remedy=N_("choose another with --port, or leave it out"),
                port=port, why=getattr(problem, "strerror", None) or str(problem),
            ) from problem  # fmt: skip

    @property
    def address(self) -> str:
        """The address of the page, with its token."""
        return f"http://{HOST}:{self.server_address[1]}/{self.board.token}/"

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Say nothing of connections that break off."""


class _Handler(BaseHTTPRequestHandler):
    """One connection; whatever is not expected is refused."""

    server: Server
    timeout = PATIENCE
    protocol_version = "HTTP/1.1"

    def version_string(self) -> str:
        return "gridkit"

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the name is that of the base
        """Write no log: addresses hold the token."""

    def send_error(self, code: int, message: str | None = None, explain: str | None = None) -> None:
        """Answer what is no request, or has another method than GET and POST."""
        self._answer(405 if code == 501 else code, {"error": "request", "text": ""})

    def do_GET(self) -> None:
        self._handled("GET")

    def do_POST(self) -> None:
        self._handled("POST")

    def _handled(self, method: str) -> None:
        board = self.server.board
        with speaking(board.language):
            try:
                self._demand_ours()
                action = self._action(board)
                if method == "GET" and action == "":
                    text, policy = board.page()
                    self._send(200, text.encode("utf-8"), "text/html; charset=utf-8", policy)
                elif method == "POST" and action in ("edits", "save", "propose"):
                    self._answer(200, getattr(board, action)(self._asked(board)))
                else:
                    raise Refused(405 if action in ("", "edits", "save", "propose") else 404, "method")
            except Refused as refused:
                self._answer(refused.status, refused.body)
            except (ConnectionError, TimeoutError):
                self.close_connection = True
            except Exception as problem:
                said = gettext("internal error, a bug of ours: {kind}: {text}")
                text = said.format(kind=type(problem).__name__, text=str(problem)[:200])
                self._answer(500, {"error": "bug", "text": text})

    def _demand_ours(self) -> None:
        """Refuse requests that name this server by another name, or come from another page."""
        port = self.server.server_address[1]
        hosts = self.headers.get_all("Host") or []
        if len(hosts) != 1 or hosts[0].lower() not in {f"{name}:{port}" for name in NAMES}:
            raise Refused(403, "host")
        origins = self.headers.get_all("Origin") or []
        if any(origin.lower() != f"http://{hosts[0].lower()}" for origin in origins) or len(origins) > 1:
            raise Refused(403, "origin")
        if self.headers.get("Sec-Fetch-Site", "none") not in ("none", "same-origin"):
            raise Refused(403, "origin")

    def _action(self, board: Board) -> str:
        """Return what is asked for, if the address has the token."""
        parts = self.path.split("/")
        if len(parts) != 3 or parts[0] or not _same(parts[1], board.token):
            raise Refused(404, "path")
        return parts[2]

    def _asked(self, board: Board) -> dict[str, Any]:
        """Return the body of a request of our own page."""
        if not _same(self.headers.get(TOKEN_HEADER, ""), board.token) or not self.headers.get("Origin"):
            raise Refused(403, "token")
        if self.headers.get("Content-Type", "").partition(";")[0].strip().lower() != "application/json":
            raise Refused(415, "type")
        length = self.headers.get("Content-Length", "")
        if self.headers.get("Transfer-Encoding") or not re.fullmatch(r"\d{1,12}", length):
            raise Refused(411, "length")
        if int(length) > LARGEST:
            raise Refused(413, "size", gettext("the request is too large"))
        body = self.rfile.read(int(length))
        try:
            asked = json.loads(body.decode("utf-8"))
        except (ValueError, RecursionError) as problem:
            raise Refused(400, "json") from problem
        if len(body) != int(length) or not isinstance(asked, dict):
            raise Refused(400, "json")
        return asked

    def _answer(self, status: int, body: Mapping[str, Any]) -> None:
        text = json.dumps(body, ensure_ascii=False)
        self._send(status, text.encode("utf-8", "replace"), "application/json", _NOTHING)

    def _send(self, status: int, body: bytes, kind: str, policy: str) -> None:
        self.send_response(status)
        for name, value in {**_HEADERS, "Content-Type": kind, "Content-Security-Policy": policy}.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.send_header("Connection", "close")  # nothing behind a refused body can pass as a request
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)


def _same(one: str, other: str) -> bool:
    return hmac.compare_digest(one.encode("utf-8", "replace"), other.encode("utf-8", "replace"))
