// The tools that catch compounds: look, pick, brush, lasso, rectangle, take out, new grid.
(function () {
  "use strict";
  var board = gk.board, ui = board.ui, view = ui.view, tools = ui.tools = {};
  ui.brush = 0; // metres around the pointer; 0 is one compound
  ui.source = "*"; // compounds of which grid the brush takes: any, "" for none, or one
  ui.newKind = "comprehensive";

  function text(word, values) { return values ? gk.say(word, values) : gk.words[word]; }

  // ---- look and pick

  tools.pan = { pans: true, key: "m", word: "tool_pan", status: function () { return text("status_pan"); }, cursor: "grab", options: [] };

  tools.pick = {
    pans: true, key: "i", word: "tool_pick", cursor: "default", options: ["colours", "swipe"],
    status: function () { return ui.active ? text("status_picked", { grid: ui.nameOf(ui.active) }) : text("status_pick"); },
    up: function (at) {
      if (at.dragged) return;
      ui.atom = at.atom;
      ui.setActive(at.atom >= 0 ? ui.state.grid[at.atom] : "");
    },
    draw: function (c) { if (ui.atom >= 0 && ui.state.atoms.id[ui.atom] !== undefined) ui.shade(c, [ui.atom], "", "#0b57d0", 2); }
  };

  // ---- catching compounds

  // What has been caught since the pointer went down.
  function begin(to, fixed) {
    ui.stroke = { atoms: new Set(), seen: new Set(), to: to, skipped: { locked: 0, goal_locked: 0, community: 0, source: 0 }, fixed: fixed };
  }

  function take(i) {
    var stroke = ui.stroke;
    if (i < 0 || stroke.seen.has(i)) return;
    stroke.seen.add(i);
    if (stroke.to !== null && ui.state.grid[i] === stroke.to) return;
    if (ui.source !== "*" && ui.tool !== tools.fresh && ui.state.grid[i] !== ui.source) { stroke.skipped.source++; return; }
    if (stroke.to === null && stroke.community === undefined) stroke.community = ui.codeOf(i);
    var why = stroke.to === null && ui.codeOf(i) !== stroke.community ? "community" : ui.blocked(i, stroke.to || "");
    if (why) stroke.skipped[why]++; else stroke.atoms.add(i);
  }
  ui.take = take;

  // Compounds under the brush along the way of the pointer.
  function along(from, to, each) {
    var way = Math.hypot(to.px - from.px, to.py - from.py), step = Math.max(3, ui.brush * view.scale / 2), n = Math.max(1, Math.ceil(way / step));
    for (var k = n === 1 ? 1 : 0; k <= n; k++) each(from.px + (to.px - from.px) * k / n, from.py + (to.py - from.py) * k / n);
  }
  ui.along = along;

  function dab(px, py) {
    var x = view.wx(px), y = view.wy(py), r = ui.brush;
    take(ui.state.at(x, y));
    if (!r) return;
    view.within([x - r, y - r, x + r, y + r]).forEach(function (i) {
      var p = ui.state.centre(i);
      if ((p[0] - x) * (p[0] - x) + (p[1] - y) * (p[1] - y) <= r * r) take(i);
    });
  }

  // The grid under the pointer becomes the target where there is none, or when Alt is held.
  function pickTarget(at) {
    if (ui.active && !at.alt) return false;
    var uid = at.atom >= 0 ? ui.state.grid[at.atom] : "";
    if (!uid) { ui.toast(text("pick_target_first"), true); return true; }
    ui.setActive(uid);
    ui.toast(text("target_is", { grid: ui.nameOf(uid) }));
    return true;
  }

  function finish() {
    var stroke = ui.stroke;
    ui.stroke = null;
    ui.hud();
    if (stroke) ui.move(stroke.atoms, stroke.to, stroke.skipped);
    ui.frame();
  }

  function drawStroke(c) {
    var stroke = ui.stroke, hover = ui.hover;
    if (stroke && stroke.atoms.size) ui.shade(c, stroke.atoms, stroke.to === "" ? "rgba(196,43,0,.35)" : "rgba(11,87,208,.38)", "#0b57d0", 1.6);
    if (!hover) return;
    if (ui.brush && (ui.tool === tools.paint || ui.tool === tools.erase || ui.tool === tools.fresh)) {
      c.beginPath();
      c.arc(hover.px, hover.py, ui.brush * view.scale, 0, 2 * Math.PI);
      c.strokeStyle = "#14181f"; c.lineWidth = 1.5; c.setLineDash([5, 4]); c.stroke(); c.setLineDash([]);
    } else if (!stroke && hover.atom >= 0) ui.shade(c, [hover.atom], "", "#14181f", 2);
  }

  function brush(key, word, to, options) {
    return {
      key: key, word: word, cursor: "crosshair", options: options, draw: drawStroke,
      status: function () { return to() || word === "tool_erase" ? text("status_" + word.slice(5), { grid: ui.nameOf(to()), source: sourceName() }) : text("status_no_target"); },
      down: function (at) {
        if (word === "tool_paint" && pickTarget(at)) return;
        begin(to());
        dab(at.px, at.py);
        ui.hud();
      },
      move: function (at, last) { if (ui.stroke) { along(last, at, dab); ui.hud(); } },
      up: function () { if (ui.stroke) finish(); },
      cancel: function () { ui.stroke = null; ui.hud(); }
    };
  }

  function sourceName() { return ui.source === "*" ? text("any_grid") : ui.nameOf(ui.source); }
  ui.sourceName = sourceName;

  tools.paint = brush("p", "tool_paint", function () { return ui.active; }, ["target", "source", "brush", "strict"]);
  tools.erase = brush("e", "tool_erase", function () { return ""; }, ["source", "brush", "strict"]);

  // ---- lasso and rectangle

  function around(shape) {
    var box = [Infinity, Infinity, -Infinity, -Infinity];
    shape.forEach(function (p) { box = [Math.min(box[0], p[0]), Math.min(box[1], p[1]), Math.max(box[2], p[0]), Math.max(box[3], p[1])]; });
    view.within(box).forEach(function (i) {
      var p = ui.state.centre(i), odd = false;
      for (var k = 0, j = shape.length - 1; k < shape.length; j = k++) {
        if ((shape[k][1] > p[1]) !== (shape[j][1] > p[1]) && p[0] < (shape[j][0] - shape[k][0]) * (p[1] - shape[k][1]) / (shape[j][1] - shape[k][1]) + shape[k][0]) odd = !odd;
      }
      if (odd) take(i);
    });
  }

  function area(key, word, outline) {
    return {
      key: key, word: word, cursor: "crosshair", options: ["target", "source", "strict"],
      status: function () { return ui.active ? text("status_" + word.slice(5), { grid: ui.nameOf(ui.active), source: sourceName() }) : text("status_no_target"); },
      down: function (at) { if (!pickTarget(at)) this.line = [[at.x, at.y]]; },
      move: function (at) { if (this.line) this.line.push([at.x, at.y]); },
      up: function () {
        if (!this.line) return;
        var shape = outline(this.line);
        this.line = null;
        begin(ui.active);
        around(shape);
        finish();
      },
      drags: function () { return !!this.line; },
      cancel: function () { this.line = null; },
      draw: function (c) {
        if (!this.line) return;
        c.beginPath();
        outline(this.line).forEach(function (p, k) { c[k ? "lineTo" : "moveTo"](view.px(p[0]), view.py(p[1])); });
        c.closePath();
        c.fillStyle = "rgba(11,87,208,.14)"; c.fill();
        c.strokeStyle = "#0b57d0"; c.lineWidth = 2; c.setLineDash([6, 4]); c.stroke(); c.setLineDash([]);
      }
    };
  }

  tools.lasso = area("l", "tool_lasso", function (line) { return line; });
  tools.rect = area("r", "tool_rect", function (line) {
    var a = line[0], b = line[line.length - 1];
    return [a, [b[0], a[1]], b, [a[0], b[1]]];
  });

  // ---- a new grid

  tools.fresh = {
    key: "n", word: "tool_new", cursor: "crosshair", options: ["kind", "brush", "empty", "strict"], draw: drawStroke,
    status: function () { return text("status_new", { kind: gk.words["grid_" + ui.newKind] }); },
    down: function (at) { begin(null); dab(at.px, at.py); ui.hud(); },
    move: function (at, last) { if (ui.stroke) { along(last, at, dab); ui.hud(); } },
    up: function () {
      var stroke = ui.stroke;
      ui.stroke = null;
      ui.hud();
      if (!stroke) return;
      if (!stroke.atoms.size) { if (!ui.told(stroke.skipped)) ui.toast(text("nothing_caught"), true); return; }
      if (ui.fresh_grid(stroke.atoms, ui.newKind, stroke.community)) ui.setTool("paint");
    },
    cancel: function () { ui.stroke = null; ui.hud(); }
  };

  // ---- the pointer

  var press = null, panning = null, last = null;

  function place(event) {
    var size = ui.byId("gk-map").getBoundingClientRect(), px = event.clientX - size.left, py = event.clientY - size.top;
    return { px: px, py: py, x: view.wx(px), y: view.wy(py), atom: view.at(px, py), alt: event.altKey, shift: event.shiftKey, dragged: false };
  }

  function down(event) {
    var at = place(event);
    if (grip) ui.cancel();
    ui.byId("gk-map").focus({ preventScroll: true });
    ui.cross = false;
    if (event.button === 1 || event.button === 2 || ui.tool.pans && event.button === 0) {
      panning = { px: at.px, py: at.py, right: event.button === 2, click: event.button === 0, moved: false };
      capture(event);
      event.preventDefault();
      return;
    }
    if (event.button) return;
    press = last = at;
    capture(event);
    if (ui.tool.down) ui.tool.down(at);
    ui.frame();
  }

  function capture(event) { try { ui.byId("gk-map").setPointerCapture(event.pointerId); } catch (error) { /* a pointer that is gone */ } }

  function move(event) {
    var at = place(event);
    ui.hover = at;
    if (panning) {
      if (!panning.moved && Math.hypot(at.px - panning.px, at.py - panning.py) < 4) return;
      panning.moved = true;
      view.pan(at.px - panning.px, at.py - panning.py);
      panning.px = at.px; panning.py = at.py;
      return;
    }
    if (press) {
      if (Math.hypot(at.px - press.px, at.py - press.py) > 5) press.dragged = true;
      at.dragged = press.dragged;
      var all = event.getCoalescedEvents ? event.getCoalescedEvents() : [];
      (all.length ? all : [event]).forEach(function (one) {
        var next = place(one);
        next.dragged = press.dragged;
        if (ui.tool.move) ui.tool.move(next, last);
        last = next;
      });
    } else if (ui.tool.hover) ui.tool.hover(at);
    ui.under(at);
    ui.frame();
  }

  function up(event) {
    var at = place(event), was = panning, held = press;
    panning = press = null;
    if (was) {
      if (was.click && !was.moved && ui.tool.up) { ui.tool.up(at, at); ui.frame(); }
      if (was.right && !was.moved && at.atom >= 0 && ui.state.grid[at.atom]) ui.setActive(ui.state.grid[at.atom]);
      return;
    }
    if (!held) return;
    at.dragged = held.dragged;
    if (ui.tool.up) ui.tool.up(at, held);
    ui.frame();
  }

  // ---- the keyboard: the cross stands in the middle, and the map moves under it

  var grip = null; // where a tool that drags was pressed; arrows drag, and the next press lets go

  function crossed() {
    var px = view.width / 2, py = view.height / 2;
    return { px: px, py: py, x: view.x, y: view.y, atom: view.at(px, py), dragged: !!grip, cross: true };
  }

  ui.pressCross = function () {
    var at = crossed();
    ui.cross = true;
    ui.hover = at;
    if (!grip && ui.tool.down) ui.tool.down(at);
    if (!grip && ui.tool.drags && ui.tool.drags()) { grip = last = at; ui.toast(gk.words.cross_holds); ui.frame(); return; }
    grip = null;
    if (ui.tool.up) ui.tool.up(at, at);
    ui.frame();
  };

  // The map has moved under the cross.
  ui.moveCross = function () {
    var at = crossed();
    ui.cross = true;
    ui.hover = null;
    if (!grip) { if (ui.tool.hover) ui.tool.hover(at); return; }
    if (ui.tool.move) ui.tool.move(at, Object.assign({}, last, { px: view.px(last.x), py: view.py(last.y) }));
    last = at;
    ui.frame();
  };

  ui.setTool = function (name) {
    ui.cancel();
    ui.tool = tools[name];
    ui.toolName = name;
    ui.byId("gk-map").style.cursor = ui.tool.cursor;
    ui.toolChanged();
    ui.frame();
  };

  // Leaves what a tool has begun; false where nothing was.
  ui.cancel = function () {
    var busy = !!ui.stroke || !!press || !!grip || !ui.byId("gk-confirm").hidden || !!(ui.tool && ui.tool.busy && ui.tool.busy());
    press = panning = grip = null;
    if (ui.tool && ui.tool.cancel) ui.tool.cancel();
    ui.stroke = null;
    ui.closeConfirm();
    ui.frame();
    return busy;
  };

  ui.startTools = function () {
    var map = ui.byId("gk-map");
    map.addEventListener("pointerdown", down);
    map.addEventListener("pointermove", move);
    map.addEventListener("pointerup", up);
    map.addEventListener("pointercancel", function () { ui.cancel(); });
    map.addEventListener("pointerleave", function () { ui.hover = null; ui.under(null); ui.frame(); });
    map.addEventListener("contextmenu", function (event) { event.preventDefault(); });
    map.addEventListener("dblclick", function (event) { if (ui.tool.twice) ui.tool.twice(place(event)); });
    map.addEventListener("wheel", function (event) {
      var at = place(event);
      event.preventDefault();
      view.zoom(Math.pow(1.0016, -Math.max(-240, Math.min(240, event.deltaY * (event.deltaMode ? 30 : 1)))), at.px, at.py);
    }, { passive: false });
  };
})();
