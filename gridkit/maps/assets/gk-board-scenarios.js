// Scenarios, what the browser keeps of them, a second tab with the same plan, and the files that are saved and opened.
(function () {
  "use strict";
  var board = gk.board, ui = board.ui, byId = ui.byId, key, tab = Math.random().toString(36).slice(2), conflict = null, waiting = 0;
  var kept = { revision: 0, current: "", scenarios: [] }, first = { text: "", head: "" };
  ui.keeps = false;

  function mine() { return kept.scenarios.filter(function (one) { return one.name === kept.current; })[0]; }

  // How many edits no file has yet.
  ui.unsaved = function () {
    var lines = ui.session.lines, head = (mine() || {}).saved || first.head;
    for (var k = lines.length - 1; k >= 0; k--) if (lines[k].hash === head) return lines.length - 1 - k;
    return lines.length;
  };

  // ---- what the browser keeps

  // Only what is sound: pages of other programs may share the storage, and no page may stop at what lies there.
  function stored() {
    try {
      var found = JSON.parse(localStorage.getItem(key) || "null");
      var sound = found.scenarios.filter(function (one) { return one && typeof one.name === "string" && typeof one.text === "string"; });
      return sound.length ? Object.assign({}, found, { scenarios: sound, revision: +found.revision || 0 }) : null;
    } catch (error) { return null; }
  }

  function write() {
    try {
      localStorage.setItem(key, JSON.stringify(Object.assign({}, kept, { reason: byId("gk-reason").value, doc_no: byId("gk-doc").value, strict: ui.strict, tab: tab })));
      ui.keeps = true;
    } catch (error) { ui.keeps = false; }
  }

  function keep() {
    waiting = 0;
    var one = mine(), there = stored();
    if (one) one.text = ui.session.save();
    ui.drawSaved();
    if (conflict) return;
    if (there && there.revision !== kept.revision) { clash(there); return; }
    kept.revision++;
    write();
    ui.drawSaved();
  }
  ui.keepSoon = function () { if (!waiting) waiting = setTimeout(keep, 60); };
  ui.keepNow = function () { if (waiting) { clearTimeout(waiting); keep(); } };

  ui.drawSaved = function () {
    var n = ui.unsaved(), node = byId("gk-unsaved");
    node.textContent = (n ? gk.say("unsaved", { n: n }) : gk.words.all_saved) + (ui.keeps && !conflict ? " · " + gk.words.kept : " · " + gk.words.not_kept);
    node.className = n ? "gk-dirty" : "";
    document.title = (n ? "● " : "") + gk.settings.title;
  };

  // ---- a second tab

  function clash(there) {
    var box = byId("gk-banner");
    conflict = there;
    box.textContent = "";
    box.appendChild(gk.el("span", { text: gk.words.two_tabs }));
    box.appendChild(gk.el("button", { type: "button", id: "gk-keep-both", class: "gk-main-button", text: gk.words.keep_both, on: { click: both } }));
    box.appendChild(gk.el("button", { type: "button", id: "gk-take-theirs", text: gk.words.take_theirs, on: { click: theirs } }));
    box.hidden = false;
    ui.drawSaved();
  }

  function settle(there) {
    conflict = null;
    byId("gk-banner").hidden = true;
    kept.revision = there.revision;
  }

  function unique(name) {
    var names = kept.scenarios.map(function (one) { return one.name; }), out = name;
    for (var n = 2; names.indexOf(out) >= 0; n++) out = name + " " + n;
    return out;
  }

  // The work of both tabs goes on, each under a name of its own.
  function both() {
    var own = mine(), there = stored() || conflict, saved = own.saved, text = ui.session.save();
    settle(there);
    kept.scenarios = there.scenarios;
    kept.current = unique(gk.say("of_this_tab", { name: own.name }));
    kept.scenarios = kept.scenarios.concat([{ name: kept.current, text: text, saved: saved }]);
    kept.revision++;
    write();
    list();
    ui.drawSaved();
    ui.toast(gk.say("both_kept", { name: kept.current }));
  }

  function theirs() {
    var there = stored() || conflict, text = ui.session.save(), own = mine();
    settle(there);
    kept.scenarios = there.scenarios;
    // what this tab had is kept, should it have been dropped by mistake
    var same = kept.scenarios.filter(function (one) { return one.name === own.name; })[0];
    if (text && !kept.scenarios.some(function (one) { return one.text.indexOf(text) === 0; })) kept.scenarios = kept.scenarios.concat([{ name: unique(gk.say("of_this_tab", { name: own.name })), text: text, saved: own.saved }]);
    kept.current = (same || kept.scenarios[0]).name;
    enter(mine());
    ui.keepSoon();
  }

  function heard(event) {
    if (event.key === key + "/open" && event.newValue && event.newValue.split(" ")[0] !== tab) {
      if (event.newValue.split(" ")[1] === "hello") { say("here"); }
      ui.toast(gk.words.also_open, true);
      return;
    }
    if (event.key !== key || !event.newValue) return;
    var there = stored(), own = mine();
    if (!there || there.revision === kept.revision || there.tab === tab) return;
    var same = there.scenarios.filter(function (one) { return one.name === kept.current; })[0];
    if (same && own && same.text === ui.session.save()) { kept.scenarios = there.scenarios; settle(there); list(); ui.drawSaved(); return; }
    clash(there);
  }

  function say(word) { try { localStorage.setItem(key + "/open", tab + " " + word + " " + Date.now()); } catch (error) { /* nothing is kept */ } }

  // ---- scenarios

  // Goes over to the edits of a scenario.
  function enter(one) {
    try {
      if (one.text) ui.session.load(one.text); else ui.restart();
    } catch (error) { ui.toast(ui.refusal(error), true); return false; }
    kept.current = one.name;
    list();
    ui.drawSaved();
    return true;
  }

  function list() {
    var node = byId("gk-scenario");
    node.textContent = "";
    kept.scenarios.forEach(function (one) { node.appendChild(gk.el("option", { value: one.name, text: one.name })); });
    node.value = kept.current;
  }

  function go(name) {
    var now = mine(), one = kept.scenarios.filter(function (other) { return other.name === name; })[0];
    if (!one || name === kept.current) return;
    now.text = ui.session.save();
    if (!enter(one)) { list(); return; }
    ui.keepSoon();
    ui.toast(gk.say("scenario_is", { name: name }));
  }

  function add(name, text, saved) {
    var one = { name: unique(name), text: text, saved: saved };
    mine().text = ui.session.save();
    kept.scenarios = kept.scenarios.concat([one]);
    kept.current = one.name;
    list();
    ui.keepSoon();
    return one;
  }

  function manage() {
    var rows = kept.scenarios.map(function (one) {
      var n = one.name === kept.current ? ui.session.lines.length : one.text ? one.text.split("\n").length - 1 : 0;
      return gk.el("li", {}, [gk.el("b", { text: (one.name === kept.current ? "● " : "") + one.name }), gk.el("small", { text: gk.say("n_edits", { n: n }) }),
        gk.el("button", Object.assign({ type: "button", text: gk.words.remove, "data-drop": one.name, on: { click: function () { drop(one); } } }, one.name === kept.current ? { disabled: "" } : {}))]);
    });
    ui.dialog(gk.words.scenarios, [ui.paragraph(gk.words.scenarios_hint), gk.el("ul", { class: "gk-list" }, rows), ui.field("gk-scenario-name", "scenario_name", unique(gk.words.scenario_new), { maxlength: "60" })], [
      [gk.words.branch, function () { ui.keepNow(); add(byId("gk-scenario-name").value.trim() || gk.words.scenario_new, ui.session.save(), (mine() || {}).saved); ui.toast(gk.say("scenario_is", { name: kept.current })); }, true],
      [gk.words.from_start, function () { var one = add(byId("gk-scenario-name").value.trim() || gk.words.scenario_new, first.text, first.head); enter(one); }],
      [gk.words.rename_scenario, function () { var name = byId("gk-scenario-name").value.trim(); if (name && name !== kept.current) { mine().name = kept.current = unique(name); list(); ui.keepSoon(); } }],
      [gk.words.close]]);
  }

  function drop(one) {
    ui.dialog(gk.words.remove, [ui.paragraph(gk.say("ask_remove", { name: one.name }))], [
      [gk.words.remove, function () { kept.scenarios = kept.scenarios.filter(function (other) { return other !== one; }); list(); ui.keepSoon(); setTimeout(manage, 0); }, true],
      [gk.words.cancel, function () { setTimeout(manage, 0); }]]);
  }

  // ---- files

  ui.download = function (text, name, type) {
    var url = URL.createObjectURL(new Blob([text], { type: type })), link = gk.el("a", { href: url, download: name });
    document.body.appendChild(link);
    link.click();
    link.remove();
    setTimeout(function () { URL.revokeObjectURL(url); }, 2000);
  };

  // No edit is unsaved any more: a file, or a server, has them.
  ui.markSaved = function () { if (mine()) mine().saved = ui.session.head; ui.keepSoon(); ui.drawSaved(); };

  function save() {
    if (board.server && board.server.save) { board.server.save(); return; }
    if (!ui.session.lines.length) { ui.toast(gk.words.nothing_to_save); return; }
    ui.download(ui.session.save(), "edits.jsonl", "application/x-ndjson;charset=utf-8");
    ui.markSaved();
    ui.toast(gk.say("saved", { n: ui.session.lines.length, file: "edits.jsonl" }));
  }

  // The first edit of a file that names a number of a person: gridkit would not take the file from the page again.
  function numbered(text) {
    return board.readEdits(text, ui.state.base).filter(function (row, k) {
      var edit = row.edit, mine = ui.session.lines[k];
      return !(mine && mine.hash === edit.hash) && [edit.time, edit.user, edit.reason, edit.doc_no, String(edit.args.name || "")].some(function (one) { return board.mask(one) !== one; });
    })[0];
  }

  function openEdits(text, name) {
    var found = ui.session.load(text, { dry: true }), strange = numbered(text);
    if (strange) { ui.toast(gk.say("number_in_file", { n: strange.edit.seq }), true); return; }
    function take() { ui.session.load(text); ui.markSaved(); ui.toast(gk.say("opened", { n: found.edits, standing: found.standing })); }
    if (!found.dropped) { take(); return; }
    ui.dialog(gk.words.open, [ui.paragraph(gk.say("ask_open", { n: found.edits, dropped: found.dropped }))], [
      [gk.words.as_scenario, function () { add(name.replace(/\.[^.]*$/, "").slice(0, 60) || gk.words.scenario_new, text, ""); take(); }, true],
      [gk.words.replace, take], [gk.words.cancel]]);
  }

  function openTable(text) {
    var found = ui.session.loadAssignment(text, { dry: true });
    if (!found.edits) { ui.toast(gk.words.table_same); return; }
    ui.dialog(gk.words.open, [ui.paragraph(gk.say("ask_table", { edits: ui.number(found.edits), atoms: ui.number(found.atoms), fresh: ui.number(found.fresh), missing: ui.number(found.missing) }))], [
      [gk.words.take_table, function () { try { ui.session.loadAssignment(text, ui.given()); } catch (error) { ui.toast(ui.refusal(error), true); } }, true], [gk.words.cancel]]);
  }

  function textOf(data) {
    var bytes = new Uint8Array(data);
    try { return new TextDecoder("utf-8", { fatal: true }).decode(bytes); } catch (error) { return new TextDecoder("gb18030").decode(bytes); }
  }

  ui.openFile = function (file) {
    if (!file) return;
    file.arrayBuffer().then(function (data) {
      var head = new Uint8Array(data.slice(0, 4)).join(), text;
      if (head === "80,75,3,4" || head === "208,207,17,224") { ui.toast(gk.words.workbook, true); return; } // xlsx, xls
      text = textOf(data);
      try { if (/^\s*\{/.test(text)) openEdits(text, file.name); else openTable(text); }
      catch (error) { ui.toast(ui.refusal(error), true); }
    }, function () { ui.toast(gk.words.cannot_read, true); });
  };

  // ---- the start

  function resume() {
    var there = stored(), own;
    first = { text: ui.session.save(), head: ui.session.head };
    kept = { revision: 0, current: gk.words.scenario_first, scenarios: [{ name: gk.words.scenario_first, text: first.text, saved: first.head }] };
    if (!there || !there.scenarios.length) return;
    byId("gk-reason").value = there.reason || "";
    byId("gk-doc").value = there.doc_no || "";
    ui.strict = !!there.strict;
    kept = { revision: there.revision, current: there.current, scenarios: there.scenarios };
    own = mine() || kept.scenarios[0];
    kept.current = own.name;
    if (own.text === first.text) return;
    if (first.text && own.text.indexOf(first.text) !== 0) { // the plan has other edits by now: both are kept
      kept.current = unique(gk.words.scenario_file);
      kept.scenarios = kept.scenarios.concat([{ name: kept.current, text: first.text, saved: first.head }]);
      ui.toast(gk.say("other_edits", { name: kept.current }), true);
      return;
    }
    if (enter(own)) ui.toast(gk.say("resumed", { n: ui.unsaved() }));
    else { kept.current = unique(gk.words.scenario_file); kept.scenarios = kept.scenarios.concat([{ name: kept.current, text: first.text, saved: first.head }]); }
  }

  ui.startScenarios = function () {
    key = "gk-board/" + ui.state.base;
    resume();
    list();
    write();
    ui.drawSaved();
    say("hello");
    window.addEventListener("storage", heard);
    window.addEventListener("pagehide", ui.keepNow);
    window.addEventListener("beforeunload", function (event) { ui.keepNow(); if (ui.unsaved()) event.preventDefault(); });
    byId("gk-scenario").addEventListener("change", function (event) { ui.keepNow(); go(event.target.value); });
    byId("gk-scenarios").addEventListener("click", manage);
    byId("gk-save").addEventListener("click", save);
    byId("gk-save-csv").addEventListener("click", function () { ui.download(ui.session.assignment(), "assignment.csv", "text/csv;charset=utf-8"); ui.toast(gk.words.saved_csv); });
    byId("gk-open").addEventListener("change", function (event) { ui.openFile(event.target.files[0]); event.target.value = ""; });
    ["gk-reason", "gk-doc"].forEach(function (id) { byId(id).addEventListener("change", ui.keepSoon); });
  };
})();
