// The board with a local server behind it: every edit goes there at once, saving is in place, and it can propose grids.
(function () {
  "use strict";
  var board = gk.board, ui = board.ui, byId = ui.byId, told = null, known = [], busy = null, stopped = "", theirs = null, bad = "", again = 0, gone = false, saved = "";

  function ask(action, body) {
    return fetch(action, {
      method: "POST", credentials: "omit", cache: "no-store", redirect: "error",
      headers: { "Content-Type": "application/json", "X-Gridkit-Token": told.token }, body: JSON.stringify(body)
    }).then(function (answer) {
      return answer.json().then(function (found) { return { ok: answer.ok, status: answer.status, body: found }; });
    });
  }

  function hashes() { return ui.session.lines.map(function (edit) { return edit.hash; }); }
  function head() { return known.length ? known[known.length - 1] : ui.state.base; }

  // ---- what is said while the work goes on

  function banner(text, buttons) {
    var box = byId("gk-banner");
    box.textContent = "";
    box.appendChild(gk.el("span", { text: text }));
    buttons.forEach(function (one) { box.appendChild(gk.el("button", { type: "button", id: one[0], text: one[1], on: { click: one[2] } })); });
    box.setAttribute("data-server", "");
    box.hidden = false;
  }

  function quiet() {
    var box = byId("gk-banner");
    if (!box.hasAttribute("data-server")) return;
    box.removeAttribute("data-server");
    box.hidden = true;
  }

  function toFile() { ui.download(ui.session.save(), "edits.jsonl", "application/x-ndjson;charset=utf-8"); }
  var FILE = function () { return ["gk-server-file", gk.words.server_to_file, toFile]; };
  var RELOAD = function () { return ["gk-server-reload", gk.words.server_reload, function () { location.reload(); }]; };

  function stop(answer) {
    stopped = answer.body.error || "request";
    theirs = answer.body.lines || null;
    if (answer.status === 404) { // it was started anew, with another token
      banner(gk.say("server_gone", { n: ui.session.lines.length - known.length }), [FILE()]);
      return;
    }
    var text = answer.body.text || stopped;
    banner(gk.say(answer.status === 409 ? "server_conflict" : "server_refused", { text: text }), [FILE(), RELOAD()]);
  }

  // ---- every edit

  // Brings the log of the server up to that of the page: what both have stays, the rest is told anew.
  function sync() {
    if (!told) return Promise.resolve();
    var now = hashes(), keep = 0;
    if (stopped && theirs && theirs.every(function (hash, i) { return now[i] === hash; })) { // goes on from the other page
      known = theirs;
      stopped = "";
      quiet();
    }
    if (stopped && bad && now.indexOf(bad) < 0) { // a scenario without the edit that was refused
      stopped = bad = "";
      quiet();
    }
    if (busy || stopped) return busy || Promise.resolve();
    while (keep < now.length && keep < known.length && now[keep] === known[keep]) keep++;
    if (keep === now.length && keep === known.length) return Promise.resolve();
    busy = ask("edits", { head: head(), keep: keep, lines: board.writeEdits(ui.session.lines.slice(keep, now.length)) }).then(function (answer) {
      busy = null;
      if (!answer.ok) { again = 0; bad = answer.status === 422 ? now[now.length - 1] : ""; stop(answer); return; }
      known = now;
      if (gone) { gone = false; quiet(); ui.toast(gk.words.server_back); }
      again = 0;
      ui.drawSaved();
      return sync();
    }, function () {
      busy = null;
      gone = true;
      banner(gk.say("server_gone", { n: now.length - keep }), [FILE()]);
      again = Math.min(again ? again * 2 : 500, 8000);
      setTimeout(sync, again);
    });
    return busy;
  }

  function save() {
    if (stopped) { toFile(); return; }
    sync().then(function () {
      if (stopped || gone) { toFile(); return; }
      if (hashes().join() !== known.join()) { ui.toast(gk.words.server_waiting, true); return; }
      return ask("save", { head: head() }).then(function (answer) {
        if (!answer.ok) { if (answer.status === 409) stop(answer); else ui.toast(answer.body.text || answer.body.error, true); return; }
        saved = answer.body.head;
        ui.markSaved();
        ui.toast(gk.say("server_saved", { n: answer.body.edits }));
      });
    }).catch(function () { banner(gk.say("server_gone", { n: 0 }), [FILE()]); });
  }

  // ---- proposals

  function carryOut(steps) {
    var newest = "", first = ui.session.lines.length;
    try {
      steps.forEach(function (step) {
        var args = Object.assign({}, step[1]);
        if (args.grid === "") args.grid = newest;
        var done = ui.session.do(step[0], args, ui.given());
        if (step[0] === "new") newest = done.created[0];
      });
    } catch (error) {
      var text = ui.refusal(error);
      while (ui.session.lines.length > first && ui.session.standing().some(function (edit) { return edit.seq > first; })) ui.session.undo({});
      ui.toast(text, true);
    }
  }

  function propose(where) {
    var code = where === "here" ? ui.active ? ui.state.grids.get(ui.active).community : "" : where;
    if (!code || stopped) return;
    var community = ui.communityName(code), button = byId("gk-propose");
    ui.toast(gk.say("propose_wait", { community: community }));
    button.disabled = true;
    sync().then(function () { return ask("propose", { head: head(), community: code }); }).then(function (answer) {
      button.disabled = false;
      if (!answer.ok) { ui.toast(answer.body.text || answer.body.error, true); return; }
      var found = answer.body;
      if (!found.steps.length) { ui.toast(gk.say("propose_none", { community: community })); return; }
      ui.confirm(gk.say("propose_ask", { community: community, in_band: ui.number(found.in_band), grids: ui.number(found.grids), moved: ui.number(found.moved), n: ui.number(found.steps.length) }), gk.words.do_propose, function () {
        if (ui.session.head !== found.head) { ui.toast(gk.words.propose_stale, true); return; }
        carryOut(found.steps);
      });
    }).catch(function () { button.disabled = false; banner(gk.say("server_gone", { n: 0 }), [FILE()]); });
  }

  // ---- the start

  // How many edits the plan folder does not have; one at least where it has others.
  function unsaved() {
    var now = hashes();
    return saved === ui.state.base ? now.length : now.indexOf(saved) < 0 ? Math.max(1, now.length) : now.length - 1 - now.indexOf(saved);
  }

  board.server = { changed: sync, save: save, propose: propose };
  board.onStart = (board.onStart || []).concat([function () {
    told = gk.settings.server;
    saved = told.saved;
    known = told.lines.slice();
    ui.unsaved = unsaved;
    byId("gk-save").textContent = gk.words.server_save;
    if (!byId("gk-propose")) {
      var box = byId("gk-lock-all").parentNode;
      box.appendChild(gk.el("button", { type: "button", id: "gk-propose", text: gk.words.propose }));
    }
    ui.panel();
    ui.drawSaved();
    if (told.restored) ui.toast(gk.say("server_restored", { n: told.restored }));
    sync();
  }]);
})();
