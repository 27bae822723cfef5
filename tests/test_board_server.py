"""The board's server: who may talk to it, that no edit is lost, and that two pages do not overwrite each other."""

from __future__ import annotations

import base64
import gzip
import http.client
import json
import os
import re
import signal
import socket
import subprocess
import sys
import threading
from dataclasses import replace

import pytest

from gridkit import cli, errors
from gridkit.board_server import LARGEST, TOKEN_HEADER, Board, Server, Shown
from gridkit.errors import InputError, UsageError
from gridkit.grids.replay import add, replay, start, undo
from gridkit.io.edits import parse_edits
from gridkit.model.plan import EditLog
from gridkit.stores import check_folder, journal
from gridkit.stores.journal import Conflict, journal_path, open_desk, recover
from gridkit.stores.plan_folder import open_plan, plan_of, write_plan
from tests.grids.plans import WEST, atoms_of, usual
from tests.grids.plans import plan_of as drawn

MOVE = ("move", {"atoms": ["A12"], "to": "g2"})
NEW = ("new", {"community": WEST, "kind": "comprehensive", "atoms": ["A21"]})
RENAME = ("rename", {"grid": "g4", "name": "东"})


def logged(plan, *steps):
    """Return the plan and the log after some edits; ``undo`` takes the last one back."""
    base, log = plan, start(plan)
    for step in steps:
        plan, log = undo(base, log) if step == "undo" else add(plan, log, *step)
    return plan, log


def text(log, keep=0):
    return "".join(edit.line() + "\n" for edit in log.edits[keep:])


@pytest.fixture
def folder(tmp_path):
    write_plan(plan_of(usual()), tmp_path / "plan [1]")
    return tmp_path / "plan [1]"


@pytest.fixture
def desk(folder):
    found = open_desk(folder)
    yield found
    found.journal.close()


def reopened(desk):
    """Return the desk as it is after a crash: the file is closed by the system, nothing else is done."""
    desk.journal._stream.close()
    return open_desk(desk.folder)


# ---- the journal


def test_a_crash_loses_no_edit(desk):
    plan, log = logged(usual(), MOVE, NEW, RENAME, "undo")
    assert desk.take(desk.log.head, 0, text(EditLog(log.base, log.edits[:2]))) == 2
    assert desk.take(log.edits[1].hash, 2, text(log, 2)) == 4
    again = reopened(desk)
    assert (again.log, again.plan.base, again.restored, again.unsaved) == (log, plan.base, 4, 4)
    assert again.save(log.head) == 4
    assert again.journal.empty and again.unsaved == 0
    again.journal.close()
    assert not journal_path(again.folder).exists()
    found = open_plan(again.folder)
    assert (found.log, found.plan.base) == (log, plan.base)


def test_a_line_cut_off_by_a_crash_never_counted(desk):
    _plan, log = logged(usual(), MOVE, NEW)
    desk.take(log.base, 0, text(EditLog(log.base, log.edits[:1])))
    with journal_path(desk.folder).open("ab") as stream:
        stream.write(b'{"keep": 1, "lines": "{\\"seq')
    again = reopened(desk)
    assert len(again.log) == 1
    again.take(again.log.head, 1, text(log, 1))
    third = reopened(again)
    assert third.log == log
    third.journal.close()


def test_lines_that_do_not_follow_are_refused_and_nothing_changes(desk):
    plan, log = logged(usual(), MOVE, NEW)
    desk.take(log.base, 0, text(EditLog(log.base, log.edits[:1])))
    wrong = [
        (log.base, 0, text(log), Conflict),  # a second page that does not know the first edit
        (log.edits[0].hash, 1, text(log), UsageError),  # out of order
        (log.edits[0].hash, 1, text(log, 1).replace("A21", "A22"), UsageError),  # changed after it was sealed
        (log.edits[0].hash, 1, "{}\n", InputError),
        (log.edits[0].hash, 1, "no json\n", InputError),
        (log.edits[0].hash, 7, text(log, 1), Conflict),
        (log.edits[0].hash, -1, text(log, 1), Conflict),
    ]
    for head, keep, lines, kind in wrong:
        with pytest.raises(kind):
            desk.take(head, keep, lines)
    impossible = replace(log.edits[1], args={"community": "9", "kind": "comprehensive", "atoms": []}).sealed()
    numbered = replace(log.edits[1], reason="电话13900000000").sealed()
    timed = replace(log.edits[1], time="13900000000").sealed()
    for edit in (impossible, numbered, timed, replace(log.edits[1], op="undo", args={"seq": 9}).sealed()):
        with pytest.raises(UsageError):
            desk.take(log.edits[0].hash, 1, edit.line())
    assert len(desk.log) == 1 and len(desk.journal.records()) == 2
    assert desk.take(log.edits[0].hash, 1, text(log, 1)) == 2 and desk.plan.base == plan.base


def test_another_scenario_takes_the_place_of_the_lines_after_what_both_have(desk):
    _plan, one = logged(usual(), MOVE, NEW)
    plan, other = logged(usual(), MOVE, RENAME, "undo", "undo")
    desk.take(one.base, 0, text(one))
    assert desk.take(one.head, 1, text(other, 1)) == 4
    assert desk.plan.base == plan.base == usual().base
    again = reopened(desk)
    assert again.log == other
    again.save(other.head)
    again.take(other.head, 1, "")
    assert again.unsaved == 3  # lines that the folder has and this scenario has not
    again.journal.close()


def test_undo_beyond_what_is_remembered(desk, monkeypatch):
    monkeypatch.setattr(journal, "REMEMBERED", 2)
    names = [("rename", {"grid": "g1", "name": str(n)}) for n in range(5)]
    plan, log = logged(usual(), *names, *["undo"] * 4)
    for at in range(len(log)):
        desk.take(desk.log.head, at, log.edits[at].line())
    assert desk.plan.base == plan.base == replay(usual(), log).base


def test_a_disk_that_is_full_loses_nothing(desk, monkeypatch):
    _plan, log = logged(usual(), MOVE)

    def full(_number):
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patched:
        patched.setattr(os, "fsync", full)
        with pytest.raises(errors.OutputError, match="room"):
            desk.take(log.base, 0, text(log))
    assert len(desk.log) == 0 and desk.journal.records() == []
    real, written = desk.journal._stream, []

    class Half:
        """Takes some bytes, then no more."""

        def write(self, data):
            if written:
                raise OSError(28, "No space left on device")
            written.append(real.write(data[:20]))
            return written[0]

        def __getattr__(self, name):
            return getattr(real, name)

    desk.journal._stream = Half()
    with pytest.raises(errors.OutputError, match="room"):
        desk.take(log.base, 0, text(log))
    desk.journal._stream = real
    assert written and len(desk.log) == 0 and desk.journal.records() == []
    assert desk.take(log.base, 0, text(log)) == 1
    assert journal_path(desk.folder).read_bytes().count(b"\n") == 2


def test_saving_over_a_folder_that_others_changed_is_refused(desk):
    _plan, log = logged(usual(), MOVE)
    desk.take(log.base, 0, text(log))
    plan, other = logged(usual(), RENAME)
    write_plan(replace(open_plan(desk.folder), plan=plan, log=other), desk.folder)
    with pytest.raises(Conflict, match="folder"):
        desk.save(log.head)
    again = reopened(desk)
    assert again.log == other and again.restored == 0
    assert parse_edits(again.aside.read_text("utf-8"), name="") == log  # to be applied to a copy
    again.journal.close()


@pytest.mark.parametrize("moment", ["before", "between", "after"])
def test_killed_during_a_save(desk, monkeypatch, moment):
    plan, log = logged(usual(), MOVE, NEW)
    desk.take(log.base, 0, text(log))

    class Killed(BaseException):
        pass

    def die(*_arguments):
        raise Killed

    with monkeypatch.context() as patched:
        if moment == "before":
            patched.setattr(check_folder, "_put_in_place", die)
        elif moment == "after":
            patched.setattr(desk.journal, "clear", die)
        else:
            patched.setattr(check_folder, "_put_in_place", lambda draft, place: (half(place), die()))
        with pytest.raises(Killed):
            desk.save(log.head)
    assert recover(desk.folder) == (moment == "between")
    again = reopened(desk)
    assert (again.log, again.plan.base, again.unsaved) == (log, plan.base, 0 if moment == "after" else 2)
    again.save(log.head)
    assert open_plan(desk.folder).log == log
    again.journal.close()


def half(place):
    """The first of the two renames that replace a folder."""
    aside = place.parent / f".tmp-{place.name}-x"
    aside.mkdir()
    place.rename(aside / place.name)


def test_two_servers_on_one_plan_and_damaged_journals(desk, tmp_path):
    with pytest.raises(UsageError, match="another board"):
        open_desk(desk.folder)
    write_plan(plan_of(usual()), tmp_path / "other")
    for text_there in ("[]\n", "nonsense\n", '{"journal": 1}\n', '{"journal":1,"base":"","head":"","log":"{"}\n'):
        journal_path(tmp_path / "other").write_text(text_there)
        with pytest.raises(InputError):
            open_desk(tmp_path / "other")
    journal_path(tmp_path / "other").unlink()
    journal_path(tmp_path / "other").mkdir()
    with pytest.raises(errors.OutputError):
        open_desk(tmp_path / "other")


# ---- the server


@pytest.fixture
def server(desk):
    found = Server(Board(desk, Shown("板")))
    thread = threading.Thread(target=found.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    yield found
    found.shutdown()
    found.server_close()
    thread.join()


def said(server, method, path, body=None, **headers):
    """Return status, headers and body of a request; header names are written with ``_`` for ``-``, None leaves out."""
    port = server.server_address[1]
    sent = {"Host": f"127.0.0.1:{port}"}
    if method == "POST":
        sent |= {"Origin": f"http://127.0.0.1:{port}", "Content-Type": "application/json",
                 TOKEN_HEADER: server.board.token}  # fmt: skip
    sent |= {name.replace("_", "-"): value for name, value in headers.items()}
    link = http.client.HTTPConnection("127.0.0.1", port, timeout=20)
    data = None if body is None else body if isinstance(body, bytes) else json.dumps(body).encode()
    link.putrequest(method, path, skip_host=True, skip_accept_encoding=True)
    if data is not None and "Content-Length" not in sent:
        sent["Content-Length"] = str(len(data))
    for name, value in sent.items():
        if value is not None:
            link.putheader(name, value)
    link.endheaders(data)
    answer = link.getresponse()
    found = answer.status, dict(answer.getheaders()), answer.read()
    link.close()
    return found


def post(server, action, body, **headers):
    status, _headers, data = said(server, "POST", f"/{server.board.token}/{action}", body, **headers)
    return status, json.loads(data)


def test_the_page(server):
    status, headers, data = said(server, "GET", f"/{server.board.token}/")
    assert status == 200 and headers["Cache-Control"] == "no-store" and headers["Server"] == "gridkit"
    policy = headers["Content-Security-Policy"]
    assert "connect-src 'self'" in policy and "default-src 'none'" in policy and "frame-ancestors 'none'" in policy
    page = data.decode("utf-8")
    assert "connect-src 'self'" in page and "connect-src 'none'" not in page and server.board.token in page
    assert "unsafe-eval" not in policy and "script-src 'unsafe" not in policy


def test_the_page_knows_what_the_cuts_of_the_log_made(tmp_path):
    """Without, a page that is not sure of a cut that Python made would not start."""
    base = drawn(atoms_of(((900, 200, 200, 200),)), {"g1": ["A11"]})
    line = [[500_050, 2_939_900], [500_050, 2_940_200]]
    plan, log = add(base, start(base), "cut", {"atom": "A11", "lines": [line], "households": []})
    write_plan(replace(plan_of(base), plan=plan, log=log), tmp_path / "plan")
    desk = open_desk(tmp_path / "plan")
    page, _policy = Board(desk, Shown("Board")).page()
    desk.journal.close()
    packed = re.search(r'id="gk-plan">([^<]+)<', page)[1]
    document = json.loads(gzip.decompress(base64.b64decode(packed)))
    assert document["cuts"][log.edits[0].hash]["households"] == [450, 450]


def test_strangers_are_refused(server):
    port, token = server.server_address[1], server.board.token
    get, edits = f"/{token}/", f"/{token}/edits"
    wanted = [
        ("GET", "/", {}, 404), ("GET", f"/{token[:-1]}x/", {}, 404), ("GET", f"/{token}", {}, 404),
        ("GET", f"/{token}/../../etc/passwd", {}, 404), ("GET", f"/{token}/plan.json", {}, 404),
        ("GET", "/%C3%A9/", {}, 404), ("GET", edits, {}, 405), ("POST", get, {}, 405),
        ("GET", get, {"Host": "evil.example"}, 403), ("GET", get, {"Host": f"evil.example:{port}"}, 403),
        ("GET", get, {"Host": "127.0.0.1"}, 403), ("GET", get, {"Host": None}, 403),
        ("GET", get, {"Origin": "http://evil.example"}, 403), ("GET", get, {"Sec_Fetch_Site": "cross-site"}, 403),
        ("POST", edits, {"Origin": "http://evil.example"}, 403), ("POST", edits, {"Origin": "null"}, 403),
        ("POST", edits, {"Origin": None}, 403), ("POST", edits, {"Origin": f"http://localhost:{port}"}, 403),
        ("POST", edits, {TOKEN_HEADER: None}, 403), ("POST", edits, {TOKEN_HEADER: "x"}, 403),
        ("POST", edits, {"Content_Type": "text/plain"}, 415), ("POST", edits, {"Transfer_Encoding": "chunked"}, 411),
        ("POST", edits, {"Content_Length": "-1"}, 411), ("POST", edits, {"Content_Length": str(LARGEST + 1)}, 413),
        ("HEAD", get, {}, 405), ("OPTIONS", edits, {}, 405), ("PUT", get, {}, 405), ("DELETE", get, {}, 405),
        ("BREW", get, {}, 405),
    ]  # fmt: skip
    for method, path, headers, status in wanted:
        found, sent, data = said(server, method, path, **headers)
        assert found == status, (method, path, headers, found)
        assert "Access-Control-Allow-Origin" not in sent and token.encode() not in data
    for body in (b"", b"[]", b"{", b"\xff", b"[" * 200_000, b'{"head": 1, "keep": 0, "lines": ""}',
                 b'{"head": "", "keep": true, "lines": ""}'):  # fmt: skip
        assert post(server, "edits", body)[0] in (400, 411)
    assert said(server, "GET", get, Host=f"LOCALHOST:{port}")[0] == 200
    assert len(server.board.desk.log) == 0


def test_a_request_that_never_ends_does_not_stop_the_others(server):
    with socket.create_connection(server.server_address) as open_one:
        open_one.sendall(b"POST / HTTP/1.1\r\nHost: x")
        assert said(server, "GET", f"/{server.board.token}/")[0] == 200
    with socket.create_connection(server.server_address) as broken:
        broken.sendall(b"\x16\x03\x01\x02\x00garbage\r\n\r\n")
        assert b"gridkit" in broken.recv(4096) or True


def test_edits_saving_and_a_second_page(server, folder):
    plan, log = logged(usual(), MOVE, NEW)
    status, found = post(server, "edits", {"head": log.base, "keep": 0, "lines": text(log)})
    assert (status, found) == (200, {"head": log.head, "edits": 2, "unsaved": 2})
    _plan, other = logged(usual(), RENAME)
    status, found = post(server, "edits", {"head": other.base, "keep": 0, "lines": text(other)})
    assert (status, found["error"], found["lines"]) == (409, "head", [edit.hash for edit in log.edits])
    assert post(server, "save", {"head": other.head})[1]["error"] == "head"
    assert post(server, "edits", {"head": log.head, "keep": 2, "lines": text(log)})[0] == 422
    assert log.edits[1].hash in said(server, "GET", f"/{server.board.token}/")[2].decode("utf-8")
    assert post(server, "save", {"head": log.head}) == (200, {"head": log.head, "edits": 2, "unsaved": 0})
    assert open_plan(folder).plan.base == plan.base
    assert post(server, "save", {"head": log.head})[0] == 200  # again, with nothing new
    (folder / "plan.json").write_text("{}")
    assert post(server, "save", {"head": log.head})[1]["error"] == "folder"


def test_a_folder_that_cannot_be_written(server, monkeypatch):
    _plan, log = logged(usual(), MOVE)
    post(server, "edits", {"head": log.base, "keep": 0, "lines": text(log)})

    def read_only(*_arguments):
        raise OSError(13, "Permission denied")

    with monkeypatch.context() as patched:
        patched.setattr(check_folder, "_put_in_place", read_only)
        status, found = post(server, "save", {"head": log.head})
    assert (status, found["error"]) == (507, "disk") and found["text"]
    assert len(server.board.desk.journal.records()) == 2
    assert post(server, "save", {"head": log.head})[0] == 200


def test_a_fault_is_answered(server, monkeypatch):
    """Without an answer the page would take the server for gone, and ask again for ever."""

    def broken(*_args):
        raise KeyError("half \ud800")

    monkeypatch.setattr(server.board.desk, "save", broken)
    status, answer = post(server, "save", {"head": server.board.desk.log.head})
    assert (status, answer["error"]) == (500, "bug") and "KeyError" in answer["text"]


def test_a_proposal_is_a_list_of_edits(server):
    plan, log = logged(usual(), ("merge", {"grids": ["g1", "g2"], "into": "g1"}))
    post(server, "edits", {"head": log.base, "keep": 0, "lines": text(log)})
    status, found = post(server, "propose", {"head": log.head, "community": WEST})
    assert status == 200 and (found["grids"], found["in_band"], found["head"]) == (2, 2, log.head)
    for op, args in found["steps"]:
        plan, log = add(plan, log, op, args)
    assert plan.grids["community"].value_counts()[WEST] == 2
    assert post(server, "propose", {"head": log.base, "community": WEST})[0] == 409
    assert post(server, "propose", {"head": server.board.desk.log.head, "community": "9"})[0] == 422


def test_a_port_that_is_taken(server, gridkit_quiet, tmp_path):
    port = server.server_address[1]
    with pytest.raises(UsageError, match=str(port)):
        Server(server.board, port)
    write_plan(plan_of(usual()), tmp_path / "b")
    code, out, err = gridkit_quiet("grids", "board", tmp_path / "b", "--serve", "--no-open", "--port", port)
    assert (code, out) == (errors.EXIT_USAGE, "") and str(port) in err
    assert gridkit_quiet("grids", "board", tmp_path / "b", "--serve", "-o", "x.html")[0] == errors.EXIT_USAGE


@pytest.fixture
def gridkit_quiet(capsys):
    def run(*arguments):
        code = cli.run(["--lang", "en", *map(str, arguments)])
        said = capsys.readouterr()
        return code, said.out, said.err

    return run


@pytest.mark.skipif(os.name != "posix", reason="signals")
def test_the_command_killed_and_started_again(folder, gridkit_quiet, monkeypatch):
    _plan, log = logged(usual(), MOVE)
    line = [sys.executable, "-m", "gridkit", "--lang", "en", "grids", "board", str(folder), "--serve", "--no-open"]
    with subprocess.Popen(line, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True) as process:
        address = process.stdout.readline().split()[-1]
        port, token = int(address.split(":")[2].split("/")[0]), address.split("/")[3]
        link = http.client.HTTPConnection("127.0.0.1", port, timeout=20)
        body = json.dumps({"head": log.base, "keep": 0, "lines": text(log)})
        link.request("POST", f"/{token}/edits", body, {"Content-Type": "application/json", TOKEN_HEADER: token,
                                                      "Origin": f"http://127.0.0.1:{port}"})  # fmt: skip
        assert link.getresponse().status == 200
        process.send_signal(signal.SIGKILL)
        link.close()
    shown = []

    def ended(server, poll_interval=0.5):
        shown.append(server.board.page()[0])
        raise KeyboardInterrupt

    monkeypatch.setattr(Server, "serve_forever", ended)
    code, out, err = gridkit_quiet("grids", "board", folder, "--serve", "--no-open")
    assert code == 0 and "http://127.0.0.1:" in out and log.head in shown[0]
    assert "1 edits that were not saved yet are there again" in err and "not in the plan folder yet" in err
