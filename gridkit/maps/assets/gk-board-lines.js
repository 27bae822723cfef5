// The tools that work on borders: drag a border, merge, split along a line, cut a compound along a line.
(function () {
  "use strict";
  var board = gk.board, ui = board.ui, view = ui.view, tools = ui.tools, REACH = 12, SAMPLES = 80;
  var WIDE = 40; // the cross of the keyboard reaches further, as it moves in steps

  function absolute(line) { return line.map(function (p) { return [p[0] + ui.state.origin[0], p[1] + ui.state.origin[1]]; }); }

  // ---- drag a border

  tools.border = {
    key: "d", word: "tool_border", cursor: "default", options: ["strict"],
    status: function () {
      if (!this.held) return gk.words.status_border;
      return this.to ? gk.say("status_dragging", { from: ui.nameOf(this.from), to: ui.nameOf(this.to) }) : gk.words.status_drag_start;
    },
    hover: function (at) {
      this.near = view.borderAt(at.px, at.py, at.cross ? WIDE : REACH);
      ui.byId("gk-map").style.cursor = this.near ? "move" : "default";
    },
    down: function (at) {
      var arc = view.borderAt(at.px, at.py, at.cross ? WIDE : REACH);
      this.held = null;
      if (!arc) { ui.toast(gk.words.no_border_here); return; }
      if (ui.state.atoms.community[arc.left] !== ui.state.atoms.community[arc.right]) { ui.toast(gk.words.border_of_communities, true); return; }
      this.held = arc;
      this.sides = [ui.state.grid[arc.left], ui.state.grid[arc.right]];
      this.from = this.to = null;
      this.begun = at;
      ui.toolChanged();
    },
    move: function (at, last) {
      var self = this;
      if (!this.held) return;
      if (at.cross && this.to === null) this.enter(at.atom, at.px, at.py); // it may have begun beside the border
      ui.along(last, at, function (px, py) { self.enter(view.at(px, py), px, py); });
      ui.hud();
    },
    // The first compound that the pointer enters says which way the border goes.
    enter: function (i, px, py) {
      var side = i < 0 ? -1 : this.sides.indexOf(ui.state.grid[i]);
      if (side < 0) return;
      if (this.to === null) {
        if (Math.hypot(px - view.px(this.begun.x), py - view.py(this.begun.y)) < 6) return;
        this.from = this.sides[side];
        this.to = this.sides[1 - side];
        ui.stroke = { atoms: new Set(), seen: new Set(), to: this.to, skipped: { locked: 0, goal_locked: 0, community: 0, source: 0 } };
        ui.toolChanged();
      }
      if (ui.state.grid[i] !== this.from || ui.stroke.seen.has(i)) return;
      ui.stroke.seen.add(i);
      var why = ui.blocked(i, this.to);
      if (why) ui.stroke.skipped[why]++; else ui.stroke.atoms.add(i);
    },
    up: function () {
      var stroke = ui.stroke;
      ui.stroke = null;
      this.held = null;
      ui.hud();
      if (stroke) ui.move(stroke.atoms, stroke.to, stroke.skipped);
      ui.toolChanged();
    },
    drags: function () { return !!this.held; },
    cancel: function () { this.held = this.near = null; ui.hud(); },
    draw: function (c) {
      if (ui.stroke && ui.stroke.atoms.size) ui.shade(c, ui.stroke.atoms, "rgba(11,87,208,.38)", "#0b57d0", 1.6);
      var arc = this.held || this.near;
      if (!arc || ui.state.arcs.indexOf(arc) < 0) return;
      ui.strokeArcs(c, [arc], "#ffffff", 8);
      ui.strokeArcs(c, [arc], "#c42b00", 4.5);
    }
  };

  // ---- merge

  tools.merge = {
    pans: true, key: "g", word: "tool_merge", cursor: "pointer", options: ["strict"],
    status: function () { return ui.active ? gk.say("status_merge_with", { grid: ui.nameOf(ui.active) }) : gk.words.status_merge; },
    up: function (at) {
      var uid = at.atom >= 0 ? ui.state.grid[at.atom] : "";
      if (at.dragged || !uid) return;
      if (!ui.active || uid === ui.active || at.alt) { ui.setActive(uid === ui.active ? "" : uid); return; }
      if (ui.state.grids.get(uid).community !== ui.state.grids.get(ui.active).community) { ui.toast(gk.words.merge_across, true); return; }
      ui.merge(uid, ui.active);
    },
    draw: function (c) {
      var uid = ui.hover && ui.hover.atom >= 0 ? ui.state.grid[ui.hover.atom] : "";
      if (uid && uid !== ui.active) ui.shade(c, ui.state.members(uid), "rgba(20,24,31,.16)", "");
    }
  };

  // ---- lines

  function drawLine(c, line, end) {
    if (!line.length) return;
    c.beginPath();
    line.concat(end ? [end] : []).forEach(function (p, k) { c[k ? "lineTo" : "moveTo"](view.px(p[0]), view.py(p[1])); });
    [["#ffffff", 5], ["#c42b00", 2.5]].forEach(function (one) { c.strokeStyle = one[0]; c.lineWidth = one[1]; c.setLineDash([]); c.stroke(); });
    line.forEach(function (p) { c.fillStyle = "#c42b00"; c.fillRect(view.px(p[0]) - 3, view.py(p[1]) - 3, 6, 6); });
  }

  // A tool that takes a line: pressed and dragged, or corner by corner with a double click at the end.
  function liner(tool, done, snaps) {
    function spot(at) {
      var near = snaps && !at.alt ? view.snap(at.px, at.py, REACH) : null;
      tool.snapped = near;
      return near || [at.x, at.y];
    }
    tool.line = [];
    tool.cursor = "crosshair";
    tool.busy = function () { return this.line.length > 0; };
    tool.hover = function (at) { this.end = spot(at); };
    tool.down = function (at) {
      if (!ui.byId("gk-confirm").hidden) ui.closeConfirm(); // drawn anew
      this.line.push(spot(at));
    };
    tool.move = function (at) { this.end = spot(at); };
    tool.up = function (at) {
      if (at.dragged && this.line.length === 1) { this.line.push(spot(at)); this.finish(); }
      ui.toolChanged();
    };
    tool.twice = function () { this.line.splice(-1, 1); this.finish(); };
    tool.finish = function () {
      var line = this.line.filter(function (p, k, all) { return !k || Math.hypot(p[0] - all[k - 1][0], p[1] - all[k - 1][1]) > 0.05; });
      this.line = [];
      if (line.length < 2) { ui.toast(gk.words.line_too_short, true); return; }
      this.drawn = line;
      try { done(line); } catch (error) { this.drawn = null; ui.toast(ui.refusal(error), true); }
    };
    tool.cancel = function () { this.line = []; this.drawn = null; ui.preview = null; };
    tool.draw = function (c) {
      if (ui.preview && ui.preview.parts) {
        ui.preview.parts.forEach(function (part, k) { ui.shade(c, part, ["rgba(11,87,208,.30)", "rgba(196,43,0,.30)", "rgba(11,107,58,.30)", "rgba(120,60,160,.30)"][k % 4], "#14181f", 1); });
      }
      if (snaps) drawLines(c);
      if (ui.preview && ui.preview.rings) drawPieces(c, ui.preview.rings);
      if (this.line.length) drawLine(c, this.line, this.end);
      else if (this.drawn && !ui.byId("gk-confirm").hidden) drawLine(c, this.drawn);
      if (snaps && this.snapped) { c.beginPath(); c.arc(view.px(this.snapped[0]), view.py(this.snapped[1]), 7, 0, 7); c.strokeStyle = "#0b6b3a"; c.lineWidth = 2.5; c.stroke(); }
    };
    return tool;
  }

  // Roads and outlines of buildings, to which a cut snaps.
  function drawLines(c) {
    if (view.scale < 0.08) return;
    var box = view.box(0);
    [["building", "rgba(90,60,20,.75)", 1], ["", "rgba(96,32,128,.8)", 1.8]].forEach(function (style) {
      c.beginPath();
      (ui.state.lines || []).forEach(function (line) {
        if ((line.kind === "building") !== (style[0] === "building")) return;
        for (var k = 0, xy = line.xy, near = false; k < xy.length && !near; k += 2) near = xy[k] >= box[0] && xy[k] <= box[2] && xy[k + 1] >= box[1] && xy[k + 1] <= box[3];
        if (near) ui.trace(c, xy, false);
      });
      c.strokeStyle = style[1]; c.lineWidth = style[2]; c.setLineDash([6, 3]); c.stroke(); c.setLineDash([]);
    });
  }

  function drawPieces(c, pieces) {
    pieces.forEach(function (rings, k) {
      c.beginPath();
      rings.forEach(function (ring) { ui.trace(c, ring, true); });
      c.fillStyle = ["rgba(11,87,208,.35)", "rgba(196,43,0,.35)", "rgba(11,107,58,.35)", "rgba(120,60,160,.35)"][k % 4];
      c.fill("evenodd");
      var b = [Infinity, Infinity, -Infinity, -Infinity], ring = rings[0];
      for (var n = 0; n < ring.length; n += 2) b = [Math.min(b[0], ring[n]), Math.min(b[1], ring[n + 1]), Math.max(b[2], ring[n]), Math.max(b[3], ring[n + 1])];
      c.font = "700 15px sans-serif"; c.textAlign = "center"; c.textBaseline = "middle"; c.lineWidth = 4; c.strokeStyle = "#fff"; c.fillStyle = "#14181f";
      c.strokeText(String(k + 1), view.px((b[0] + b[2]) / 2), view.py((b[1] + b[3]) / 2));
      c.fillText(String(k + 1), view.px((b[0] + b[2]) / 2), view.py((b[1] + b[3]) / 2));
    });
  }

  // What most of a line lies in: a value of each compound under it.
  function mostly(line, of) {
    var count = new Map(), best = null;
    for (var k = 1; k < line.length; k++) {
      for (var n = 0; n <= SAMPLES; n++) {
        var t = n / SAMPLES, i = ui.state.at(line[k - 1][0] + t * (line[k][0] - line[k - 1][0]), line[k - 1][1] + t * (line[k][1] - line[k - 1][1]));
        if (i < 0) continue;
        var value = of(i), length = Math.hypot(line[k][0] - line[k - 1][0], line[k][1] - line[k - 1][1]);
        count.set(value, (count.get(value) || 0) + length);
      }
    }
    count.forEach(function (n, value) { if (best === null || n > count.get(best)) best = value; });
    return best;
  }

  // ---- split a grid

  tools.split = liner({
    key: "s", word: "tool_split", options: ["two"],
    status: function () { return gk.words[this.line.length ? "status_line" : "status_split"]; }
  }, function (line) {
    var uid = mostly(line, function (i) { return ui.state.grid[i]; });
    if (!uid) { ui.toast(gk.words.line_outside, true); return; }
    ui.setActive(uid);
    var found = board.splitLine(ui.state, uid, absolute(line));
    ui.splitParts(uid, found.parts, found.parts.length > 2 ? " " + gk.words.split_strays : "");
  }, false);

  // ---- cut a compound

  tools.cut = liner({
    key: "b", word: "tool_cut", options: ["cutting"],
    status: function () { return gk.words[this.line.length ? "status_line" : "status_cut"]; }
  }, function (line) {
    var atom = mostly(line, function (i) { return i; });
    if (atom === null) { ui.toast(gk.words.line_outside, true); return; }
    if (ui.shut([ui.state.grid[atom]])) return;
    var why = board.canCut(ui.state, atom);
    if (why) { ui.toast(gk.say("no_" + why, { atom: ui.placeName(atom), high: ui.state.normOf(ui.state.atoms.community[atom]).high, grid: ui.nameOf(ui.state.grid[atom]) }), true); return; }
    var found = board.cutPieces(ui.state, atom, [absolute(line)]);
    ui.preview = { rings: found.pieces };
    ui.frame();
    ui.askShares(atom, found);
  }, true);
})();
