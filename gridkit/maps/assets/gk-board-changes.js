// What is pending against the filed plan, and the history of edits with reasons and documents.
(function () {
  "use strict";
  var board = gk.board, ui = board.ui, byId = ui.byId, MOST = 300, open = "grids";

  function signed(n) { return n > 0 ? "+" + ui.number(n) : n < 0 ? "−" + ui.number(-n) : "0"; }

  function pending() {
    var box = byId("gk-pending"), rows = ui.session.pending(), moved = ui.session.moved();
    box.textContent = "";
    box.appendChild(ui.paragraph(gk.say("pending_sum", { grids: rows.length, atoms: ui.number(moved.atoms), households: ui.number(moved.households) }), "gk-lead"));
    if (!rows.length) box.appendChild(ui.paragraph(gk.words.pending_none, "gk-empty"));
    rows.slice(0, MOST).forEach(function (one) {
      var said = [gk.words["status_is_" + one.status]];
      if (one.atoms_in) said.push(gk.say("went_in", { atoms: one.atoms_in, households: ui.number(one.households_in) }));
      if (one.atoms_out) said.push(gk.say("went_out", { atoms: one.atoms_out, households: ui.number(one.households_out) }));
      if (one.status === "changed" && one.kind_from && one.kind_to && one.kind_from !== one.kind_to) said.push(gk.words["grid_" + one.kind_from] + " → " + gk.words["grid_" + one.kind_to]);
      box.appendChild(gk.el("button", { type: "button", class: "gk-entry gk-is-" + one.status, "data-uid": one.uid, on: { click: function () { show(one.uid); } } }, [
        gk.el("b", { text: { "new": "＋ ", gone: "－ ", changed: "△ " }[one.status] + (one.name || one.code || ui.nameOf(one.uid)) }),
        gk.el("span", { text: ui.communityName(one.community) }),
        gk.el("small", { text: said.join(" · ") }),
        gk.el("i", { text: signed(one.households_in - one.households_out) })]));
    });
    if (rows.length > MOST) box.appendChild(ui.paragraph(gk.say("more", { n: rows.length - MOST })));
  }

  function show(uid) {
    if (ui.state.grids.has(uid)) { ui.setActive(uid, true); return; }
    var was = [];
    for (var i = 0; i < ui.state.count; i++) if (ui.state.filed[i] === uid && !ui.state.atoms.gone[i]) was.push(i);
    if (was.length) ui.show(was, 0.5, true);
  }

  // An edit in words.
  ui.sentence = function (edit) {
    var args = edit.args, grid = args.grid || args.to || args.into || "";
    var values = { grid: grid ? ui.nameOf(grid) : args.to === "" ? gk.words.nowhere : "", n: (args.atoms || args.grids || args.parts || args.lines || []).length, seq: args.seq,
      name: args.name || "", kind: gk.words["grid_" + args.kind] || "", community: args.community ? ui.communityName(args.community) : "", atom: args.atom || "" };
    var word = "log_" + edit.op + ((edit.op === "lock" || edit.op === "unlock") && !args.grid ? args.community ? "_community" : "_all" : "");
    return gk.say(word, values);
  };

  function log() {
    var box = byId("gk-log"), lines = ui.session.lines, standing = new Set(ui.session.standing().map(function (one) { return one.seq; }));
    box.textContent = "";
    box.appendChild(ui.paragraph(gk.say("log_sum", { n: lines.length, standing: standing.size }), "gk-lead"));
    lines.slice(-MOST).reverse().forEach(function (edit) {
      var undone = edit.op !== "undo" && !standing.has(edit.seq);
      box.appendChild(gk.el("div", { class: "gk-entry" + (undone ? " gk-undone" : "") }, [
        gk.el("b", { text: edit.seq + ". " + ui.sentence(edit) }), gk.el("span", { text: undone ? gk.words.was_undone : "" }),
        gk.el("small", { text: [edit.reason, edit.doc_no, edit.time.replace("T", " ").slice(0, 16)].filter(Boolean).join(" · ") })]));
    });
    if (lines.length > MOST) box.appendChild(ui.paragraph(gk.say("more", { n: lines.length - MOST })));
  }

  ui.changes = function () {
    var n = ui.session.pending().length;
    byId("gk-tab-pending").textContent = gk.words.tab_pending + (n ? " (" + n + ")" : "");
    byId("gk-tab-log").textContent = gk.words.tab_log + (ui.session.lines.length ? " (" + ui.session.lines.length + ")" : "");
    if (open === "pending") pending();
    if (open === "log") log();
  };

  function choose(name, focus) {
    open = name;
    ["grids", "pending", "log"].forEach(function (one) {
      var tab = byId("gk-tab-" + one), on = one === name;
      tab.setAttribute("aria-selected", String(on));
      tab.tabIndex = on ? 0 : -1;
      byId("gk-" + one).hidden = !on;
      if (on && focus) tab.focus();
    });
    ui.changes();
    if (name === "grids") ui.panel();
  }

  ui.startChanges = function () {
    ["grids", "pending", "log"].forEach(function (one, k, all) {
      byId("gk-tab-" + one).addEventListener("click", function () { choose(one); });
      byId("gk-tab-" + one).addEventListener("keydown", function (event) {
        var by = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
        if (by) { event.preventDefault(); event.stopPropagation(); choose(all[(k + by + 3) % 3], true); }
      });
    });
  };
})();
