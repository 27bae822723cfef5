// Over the map: the tools with their words, what the tool of now can be told, the legend, what the next click does.
(function () {
  "use strict";
  var board = gk.board, ui = board.ui, view = ui.view, byId = ui.byId;
  var ORDER = [["pan", "pick"], ["paint", "lasso", "rect", "erase"], ["border", "merge", "split", "cut", "fresh"]];
  var BRUSHES = [0, 40, 80, 150, 300];

  function button(name) {
    var tool = ui.tools[name];
    return gk.el("button", { type: "button", id: "gk-tool-" + name, "aria-pressed": "false", "aria-keyshortcuts": tool.key.toUpperCase(), title: gk.words[tool.word + "_hint"], on: { click: function () { ui.setTool(name); } } },
      [gk.el("span", { text: gk.words[tool.word] }), gk.el("kbd", { text: tool.key.toUpperCase() })]);
  }

  function makeBar() {
    var bar = byId("gk-bar");
    ORDER.forEach(function (group) { bar.appendChild(gk.el("span", { class: "gk-tools" }, group.map(button))); });
    bar.appendChild(gk.el("span", { class: "gk-tools" }, [
      gk.el("button", { type: "button", id: "gk-undo", title: "Ctrl+Z", "aria-keyshortcuts": "Control+Z", on: { click: ui.undo } }, [gk.el("span", { text: "↶ " + gk.words.undo })]),
      gk.el("button", { type: "button", id: "gk-redo", title: "Ctrl+Y", "aria-keyshortcuts": "Control+Y", on: { click: ui.redo } }, [gk.el("span", { text: "↷ " + gk.words.redo })])]));
    bar.appendChild(gk.el("span", { class: "gk-tools" }, [
      gk.el("button", { type: "button", id: "gk-mode", "aria-pressed": "false", title: gk.words.mode_hint, on: { click: function () { ui.setMode(ui.mode === "band" ? "grid" : "band"); } } }, [gk.el("span", { text: gk.words.mode_band })]),
      gk.el("button", { type: "button", id: "gk-compare", "aria-pressed": "false", title: gk.words.swipe_hint, on: { click: function () { ui.setSwipe(ui.swipe < 0); } } }, [gk.el("span", { text: gk.words.swipe })])]));
  }

  // ---- what the tool can be told

  function labelled(word, node) { return gk.el("label", {}, [gk.el("span", { text: gk.words[word] }), node]); }

  function gridsHere(uid) {
    var code = uid && ui.state.grids.get(uid) ? ui.state.grids.get(uid).community : "", out = [];
    ui.state.grids.forEach(function (grid, other) { if (code && grid.community === code) out.push([other, ui.nameOf(other) + " (" + ui.number(ui.totals(other).size) + ")"]); });
    return out.sort(function (a, b) { return a[1] < b[1] ? -1 : 1; }).filter(function (one, k) { return k < 60 || one[0] === uid; });
  }

  var MADE = {
    target: function () {
      var pairs = (ui.active ? [] : [["", gk.words.click_target]]).concat(gridsHere(ui.active));
      return labelled("target", ui.select("gk-target", pairs, ui.active, function (uid) { ui.setActive(uid); }, gk.words.target));
    },
    source: function () {
      var known = ui.source === "*" || ui.source === "" || ui.state.grids.has(ui.source), here = gridsHere(ui.active);
      if (!known) ui.source = "*";
      var pairs = [["*", gk.words.any_grid], ["", gk.words.nowhere]].concat(here);
      if (ui.source && ui.source !== "*" && !here.some(function (one) { return one[0] === ui.source; })) pairs.push([ui.source, ui.nameOf(ui.source)]);
      return labelled("source", ui.select("gk-source", pairs, ui.source, function (uid) { ui.source = uid; status(); }, gk.words.source));
    },
    brush: function () {
      return labelled("brush", ui.select("gk-brush", BRUSHES.map(function (r) { return [String(r), r ? gk.say("brush_m", { n: 2 * r }) : gk.words.brush_one]; }), String(ui.brush), function (r) { ui.brush = +r; ui.frame(); }, gk.words.brush));
    },
    strict: function () {
      return labelled("when_broken", ui.select("gk-strict", [["warn", gk.words.warn], ["refuse", gk.words.refuse]], ui.strict ? "refuse" : "warn", function (value) { ui.strict = value === "refuse"; ui.keepSoon(); }, gk.words.when_broken));
    },
    kind: function () {
      return labelled("kind", ui.select("gk-new-kind", ui.kinds.map(function (kind) { return [kind, gk.words["grid_" + kind]]; }), ui.newKind, function (kind) { ui.newKind = kind; status(); }, gk.words.kind));
    },
    empty: function () { return gk.el("button", { type: "button", id: "gk-empty-grid", text: gk.words.empty_grid, on: { click: function () { ui.askEmpty(); } } }); },
    two: function () {
      var node = gk.el("button", { type: "button", id: "gk-two-now", text: ui.active ? gk.say("two_now", { grid: ui.cut(ui.nameOf(ui.active), 12) }) : gk.words.split_two, on: { click: function () { if (ui.active) ui.splitInTwo(ui.active); } } });
      if (!ui.active) node.disabled = true;
      return node;
    },
    cutting: function () { return gk.el("span", { class: "gk-note", text: gk.words[(ui.state.lines || []).length ? "cut_snaps" : "cut_plain"] }); },
    colours: function () { return gk.el("span", { class: "gk-note", text: gk.words.pick_note }); },
    swipe: function () { return gk.el("span"); }
  };

  function status() { byId("gk-status").textContent = ui.tool.status(); }
  ui.status = status;

  ui.toolChanged = function () {
    if (!ui.tool) return;
    Object.keys(ui.tools).forEach(function (name) { byId("gk-tool-" + name).setAttribute("aria-pressed", String(ui.tools[name] === ui.tool)); });
    var box = byId("gk-options"), focus = document.activeElement && document.activeElement.id;
    box.textContent = "";
    ui.tool.options.forEach(function (one) { box.appendChild(MADE[one]()); });
    if (focus && byId(focus) && box.contains(byId(focus))) byId(focus).focus();
    byId("gk-undo").disabled = !ui.session.canUndo;
    byId("gk-redo").disabled = !ui.session.canRedo;
    status();
  };

  // ---- what colours mean

  ui.setMode = function (mode) {
    ui.mode = mode;
    byId("gk-mode").setAttribute("aria-pressed", String(mode === "band"));
    ui.redraw();
    legend();
    ui.panel();
  };

  function key(className, text, colour) {
    var mark = gk.el("i", { class: className });
    if (colour) mark.style.backgroundColor = colour;
    return gk.el("span", {}, [mark, gk.el("span", { text: text })]);
  }

  function legend() {
    var box = byId("gk-legend"), norm = ui.state.norm, values = { low: norm.low, high: norm.high, measure: gk.words["measure_" + norm.measure] };
    box.textContent = "";
    if (ui.mode === "band") {
      ["low", "in", "high", "other"].forEach(function (one) { box.appendChild(key("gk-key-" + one, ui.marks[one] + " " + gk.say("legend_" + one, values), ui.bandColours[one])); });
    } else box.appendChild(gk.el("span", { text: gk.say("legend_names", values) }));
    box.appendChild(key("gk-key-none", gk.words.nowhere, "#ffffff"));
    if (ui.mode !== "band") box.appendChild(key("gk-key-locked", gk.words.locked, "#e3d3c0"));
    box.appendChild(key("gk-key-edge", gk.words.legend_edge));
  }

  // ---- before and after

  ui.setSwipe = function (on) {
    byId("gk-swipe").hidden = !on;
    byId("gk-compare").setAttribute("aria-pressed", String(on));
    ui.swipe = on ? view.width * byId("gk-swipe-at").value / 1000 : -1;
    place();
    if (on) { byId("gk-swipe-at").focus(); ui.toast(gk.words.swipe_hint); }
    ui.redraw();
  };

  function place() {
    var x = Math.max(0, ui.swipe);
    byId("gk-was").style.right = view.width - x + 10 + "px";
    byId("gk-is").style.left = x + 10 + "px";
  }

  ui.startBar = function () {
    makeBar();
    legend();
    byId("gk-swipe-at").addEventListener("input", function (event) {
      ui.swipe = view.width * event.target.value / 1000;
      place();
      ui.swiped();
      ui.namesAgain();
    });
    ui.onView.push(function () { if (ui.swipe >= 0) { ui.swipe = view.width * byId("gk-swipe-at").value / 1000; place(); } });
    [["+", "zoom_in", function () { view.zoom(1.5); }], ["−", "zoom_out", function () { view.zoom(1 / 1.5); }], ["⤢", "fit", function () { view.fit(view.whole()); }]].forEach(function (one) {
      document.querySelector(".gk-zoom").appendChild(gk.el("button", { type: "button", text: one[0], title: gk.words[one[1]], "aria-label": gk.words[one[1]], on: { click: one[2] } }));
    });
  };
})();
