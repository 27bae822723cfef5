// Questions of the board: over the map without stopping the work, and in a window for what needs more words.
(function () {
  "use strict";
  var board = gk.board, ui = board.ui, byId = ui.byId, back = null, agreed = null;

  // ---- a question over the map

  ui.confirm = function (text, yes, what) {
    var box = byId("gk-confirm");
    agreed = what;
    box.textContent = "";
    box.appendChild(gk.el("p", { text: text }));
    box.appendChild(gk.el("div", { class: "gk-actions" }, [
      gk.el("button", { type: "button", id: "gk-yes", class: "gk-main-button", text: yes, on: { click: ui.agree } }),
      gk.el("button", { type: "button", id: "gk-no", text: gk.words.cancel, on: { click: function () { ui.cancel(); } } })]));
    box.hidden = false;
    byId("gk-toast").className = "";
    ui.frame();
  };

  ui.agree = function () {
    var what = agreed;
    if (!what) return;
    agreed = null;
    ui.closeConfirm();
    what();
  };

  ui.closeConfirm = function () {
    agreed = null;
    ui.preview = null;
    byId("gk-confirm").hidden = true;
    if (ui.tool && ui.tool.drawn) ui.tool.drawn = null;
    ui.frame();
  };

  // ---- a window

  // Opens a window: title, nodes, and buttons [[words, what, is main]]; what returns false to stay open.
  ui.dialog = function (title, nodes, buttons, wide) {
    var box = byId("gk-dialog").firstElementChild;
    if (byId("gk-dialog").hidden) back = document.activeElement;
    box.textContent = "";
    box.className = "gk-box" + (wide ? " gk-wide" : "");
    box.appendChild(gk.el("h2", { id: "gk-dialog-title", text: title }));
    nodes.forEach(function (node) { box.appendChild(node); });
    box.appendChild(gk.el("p", { class: "gk-actions gk-end" }, buttons.map(function (one, k) {
      return gk.el("button", { type: "button", class: one[2] ? "gk-main-button" : "", id: "gk-answer-" + k, text: one[0], on: { click: function () { if (!one[1] || one[1]() !== false) ui.closeDialog(); } } });
    })));
    byId("gk-dialog").hidden = false;
    var first = box.querySelector("input, select") || box.querySelector(".gk-main-button") || box;
    first.focus();
    if (first.select) first.select();
  };

  ui.closeDialog = function () {
    if (byId("gk-dialog").hidden) return;
    byId("gk-dialog").hidden = true;
    if (back && back !== document.body && document.contains(back)) back.focus(); else byId("gk-map").focus({ preventScroll: true });
  };

  function trap(event) {
    if (event.key === "Escape") { event.stopPropagation(); ui.closeDialog(); return; }
    if (event.key === "Enter" && event.target.tagName === "INPUT" && !event.isComposing) {
      var main = byId("gk-dialog").querySelector(".gk-main-button");
      if (main) { event.preventDefault(); main.click(); }
    }
    if (event.key !== "Tab") return;
    var all = Array.from(byId("gk-dialog").querySelectorAll("button, input, select")).filter(function (node) { return !node.disabled && node.offsetParent; });
    if (!all.length) return;
    if (event.shiftKey && document.activeElement === all[0]) { event.preventDefault(); all[all.length - 1].focus(); }
    else if (!event.shiftKey && document.activeElement === all[all.length - 1]) { event.preventDefault(); all[0].focus(); }
  }

  function field(id, word, value, more) {
    return gk.el("label", { class: "gk-field" }, [gk.el("span", { text: gk.words[word] || word }), gk.el("input", Object.assign({ id: id, type: "text", value: value, autocomplete: "off" }, more || {}))]);
  }
  ui.field = field;
  ui.paragraph = function (text, name) { return gk.el("p", Object.assign({ text: text }, name ? { class: name } : {})); };

  // ---- what is asked

  ui.askName = function (uid) {
    ui.dialog(gk.words.rename, [field("gk-new-name", "name", ui.state.grids.get(uid).name, { maxlength: "200" }), ui.paragraph(gk.words.no_persons, "gk-note")], [
      [gk.words.rename, function () { return !!ui.act("rename", { grid: uid, name: byId("gk-new-name").value.trim() }); }, true], [gk.words.cancel]]);
  };

  ui.askEmpty = function () {
    var here = ui.active ? ui.state.grids.get(ui.active).community : byId("gk-where").value;
    var codes = ui.state.communities.map(function (one) { return [one.code, (one.name ? one.name + " " : "") + one.code]; });
    var pick = ui.select("gk-empty-where", codes, here && here !== "here" ? here : codes[0][0], function () { /* read when confirmed */ }, gk.words.community);
    ui.dialog(gk.words.empty_grid, [ui.paragraph(gk.words.empty_hint), gk.el("label", { class: "gk-field" }, [gk.el("span", { text: gk.words.community }), pick])], [
      [gk.words.make, function () { if (!ui.fresh_grid([], ui.newKind, pick.value)) return false; ui.setTool("paint"); return true; }, true], [gk.words.cancel]]);
  };

  // Households of the pieces of a compound: shared out by area, corrected by hand.
  ui.askShares = function (atom, found) {
    var total = ui.state.atoms.households[atom], box = byId("gk-confirm"), inputs, note = gk.el("p", { class: "gk-note", id: "gk-shares-note" });
    function values() { return inputs.map(function (node) { return /^\d+$/.test(node.value.trim()) ? +node.value : NaN; }); }
    function check() {
      var sum = values().reduce(function (a, b) { return a + b; }, 0), right = sum === total;
      note.textContent = right ? gk.words.shares_fit : gk.say("shares_wrong", { sum: isNaN(sum) ? "?" : sum, total: total });
      byId("gk-yes").disabled = !right;
    }
    ui.confirm(gk.say(total ? "ask_cut" : "ask_cut_bare", { place: ui.placeName(atom), n: found.pieces.length, total: ui.number(total) }), gk.words.do_cut, function () {
      var name = ui.placeName(atom);
      if (ui.act("cut", { atom: ui.state.atoms.id[atom], lines: found.lines, households: values() })) ui.toast(gk.say("was_cut", { place: name, n: found.pieces.length }));
    });
    ui.preview = { rings: found.pieces };
    inputs = found.households.map(function (n, k) { return gk.el("input", { type: "text", inputmode: "numeric", value: String(n), "aria-label": gk.say("piece", { n: k + 1 }), id: "gk-share-" + k, on: { input: check } }); });
    if (!total) return;
    box.insertBefore(gk.el("div", { class: "gk-shares" }, inputs.map(function (node, k) { return gk.el("label", {}, [gk.el("span", { text: gk.say("piece", { n: k + 1 }) }), node]); })), box.lastElementChild);
    box.insertBefore(note, box.lastElementChild);
    check();
  };

  // ---- help

  ui.help = function () {
    var steps = ["help_1", "help_2", "help_3", "help_4", "help_5"].map(function (word) { return gk.el("li", { text: gk.words[word] }); });
    var keys = [["M P E B I", "keys_tools"], ["L R D G S N", "keys_more"], ["Ctrl+Z / Ctrl+Y", "keys_undo"], ["← ↑ → ↓  + −  0", "keys_move"], ["Space", "keys_press"], ["Enter / Esc", "keys_confirm"], ["Alt", "keys_alt"], ["U / O", "keys_next"]].map(function (pair) {
      return [gk.el("dt", {}, [gk.el("kbd", { text: pair[0] })]), gk.el("dd", { text: gk.words[pair[1]] })];
    });
    ui.dialog(gk.words.help_title, [gk.el("ol", { class: "gk-steps" }, steps), gk.el("h3", { text: gk.words.keys }), gk.el("dl", { class: "gk-keys" }, [].concat.apply([], keys)), ui.paragraph(gk.words.help_files, "gk-note")],
      [[gk.words.close, null, true]], true);
  };

  ui.startDialogs = function () {
    byId("gk-dialog").addEventListener("keydown", trap);
    byId("gk-dialog").addEventListener("pointerdown", function (event) { if (event.target === byId("gk-dialog")) ui.closeDialog(); });
    byId("gk-help").addEventListener("click", ui.help);
  };
})();
