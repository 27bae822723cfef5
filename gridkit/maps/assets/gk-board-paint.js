// Draws compounds and borders: whole pictures a little in each frame, an edit only where it has changed something.
(function () {
  "use strict";
  var board = gk.board, ui = board.ui, view = ui.view, BUDGET = 10, CHUNK = 160;
  var TINTS = ["#bcd7ef", "#f6dd9f", "#c4e3bd", "#dfc7e8", "#f2c3b5", "#b9e0dd", "#e3d3c0", "#d6d9a8"];
  var BANDS = { low: "#a9cdf0", "in": "#cfe8c8", high: "#f7b487", other: "#d9d9de", none: "#ffffff" };
  var patterns = {}, speck = null;
  ui.mode = "grid"; // or "band": what colours mean

  // ---- colours

  ui.colours = new Map();

  function beside() {
    var near = new Map();
    function pair(a, b) {
      if (!a || !b || a === b) return;
      if (!near.has(a)) near.set(a, new Set());
      if (!near.has(b)) near.set(b, new Set());
      near.get(a).add(b); near.get(b).add(a);
    }
    ui.state.arcs.forEach(function (arc) {
      if (!arc || arc.left < 0 || arc.right < 0) return;
      pair(ui.state.grid[arc.left], ui.state.grid[arc.right]);
      pair(ui.state.filed[arc.left], ui.state.filed[arc.right]);
    });
    return near;
  }

  function free(taken) {
    for (var k = 0; k < TINTS.length; k++) if (!taken.has(k)) return k;
    return 0;
  }

  // Neighbours get different colours; who has one keeps it where it can.
  ui.colour = function () {
    var near = beside(), uids = new Set(Array.from(ui.state.grids.keys()));
    for (var i = 0; i < ui.state.filed.length; i++) if (ui.state.filed[i]) uids.add(ui.state.filed[i]);
    Array.from(uids).sort().forEach(function (uid) {
      var taken = new Set();
      (near.get(uid) || []).forEach(function (other) { if (ui.colours.has(other)) taken.add(ui.colours.get(other)); });
      if (!ui.colours.has(uid) || taken.has(ui.colours.get(uid)) && taken.size < TINTS.length) ui.colours.set(uid, free(taken));
    });
  };

  // Compounds to draw after an edit: what it touched, and grids that need another colour beside their new neighbours.
  ui.colourOf = function (what) {
    var more = new Set(what.atoms);
    (what.grids || []).forEach(function (uid) {
      if (!ui.state.grids.has(uid)) return;
      var taken = new Set(), mine = ui.colours.get(uid);
      ui.state.members(uid).forEach(function (i) {
        if (ui.mode === "band" || !what.atoms.length) more.add(i); // its size, or its lock
        ui.arcsOf(i).forEach(function (arc) {
          [arc.left, arc.right].forEach(function (a) {
            var other = a >= 0 ? ui.state.grid[a] : "";
            if (other && other !== uid && ui.colours.has(other)) taken.add(ui.colours.get(other));
          });
        });
      });
      if (mine !== undefined && (!taken.has(mine) || taken.size >= TINTS.length)) return;
      ui.colours.set(uid, free(taken));
      ui.state.members(uid).forEach(function (i) { more.add(i); });
    });
    return Array.from(more).filter(function (i) { return i < ui.state.count; });
  };

  function hatch(name, colour, lines) {
    var tile = document.createElement("canvas");
    tile.width = tile.height = 8;
    var c = tile.getContext("2d");
    c.strokeStyle = colour; c.lineWidth = 1.2;
    c.beginPath();
    lines.forEach(function (l) { c.moveTo(l[0], l[1]); c.lineTo(l[2], l[3]); });
    c.stroke();
    patterns[name] = c.createPattern(tile, "repeat");
  }

  function makePatterns() {
    var up = [[-2, 10, 10, -2], [-2, 2, 2, -2], [6, 10, 10, 6]], downs = [[-2, -2, 10, 10], [6, -2, 10, 2], [-2, 6, 2, 10]];
    hatch("none", "#c42b00", up);
    hatch("low", "#1f5f9e", up);
    hatch("high", "#8a3200", up.concat(downs));
    hatch("locked", "rgba(20,24,31,.45)", [[0, 4, 8, 4]]);
  }

  // What a grid is by its size: low, in, high, other (no band for its kind) or none.
  ui.bandOf = function (uid) {
    var grid = uid && ui.state.grids.get(uid);
    if (!grid) return "none";
    if (grid.kind !== "comprehensive") return "other";
    var off = ui.totals(uid).outside;
    return off < 0 ? "low" : off > 0 ? "high" : "in";
  };

  // Fill and hatch of a grid: [colour, pattern or ""].
  function styleOf(uid, before) {
    if (!uid) return ["#ffffff", "none"];
    var was = before ? ui.filedGrids().get(uid) : null, band = ui.mode !== "band" ? "" : was ? was.band : ui.bandOf(uid), grid = before ? null : ui.state.grids.get(uid);
    if (band) return [BANDS[band], band === "low" || band === "high" ? band : ""];
    return [TINTS[ui.colours.get(uid) || 0], grid && grid.locked ? "locked" : ""];
  }
  ui.tintOf = function (uid) { return styleOf(uid)[0]; };
  ui.bandColours = BANDS;

  // ---- arcs

  // The arcs around a compound.
  ui.arcsOf = function (i) {
    var out = [], arcs = ui.state.arcs;
    ui.state.refs(i).forEach(function (ring) {
      ring.forEach(function (ref) { var arc = arcs[ref < 0 ? ~ref : ref]; if (arc) out.push(arc); });
    });
    return out;
  };

  function trace(c, xy, at, close) {
    var px = (xy[0] - at.x) * at.scale + at.width / 2, py = at.height / 2 - (xy[1] - at.y) * at.scale, last = xy.length - 2;
    c.moveTo(px, py);
    for (var k = 2; k <= last; k += 2) {
      var x = (xy[k] - at.x) * at.scale + at.width / 2, y = at.height / 2 - (xy[k + 1] - at.y) * at.scale;
      if (k < last && Math.abs(x - px) + Math.abs(y - py) < 0.7) continue;
      c.lineTo(px = x, py = y);
    }
    if (close) c.closePath();
  }
  ui.trace = function (c, xy, close) { trace(c, xy, view, close); };

  function fillAtoms(c, list, given, at) {
    var groups = new Map();
    list.forEach(function (i) {
      var uid = given[i] || "";
      if (!groups.has(uid)) groups.set(uid, []);
      groups.get(uid).push(i);
    });
    groups.forEach(function (members, uid) {
      var style = styleOf(uid, given === ui.state.filed);
      c.beginPath();
      members.forEach(function (i) { ui.state.rings(i).forEach(function (ring) { trace(c, ring, at, true); }); });
      c.fillStyle = c.strokeStyle = style[0];
      c.fill("evenodd");
      c.lineWidth = 0.8;
      c.stroke();
      if (style[1]) { c.fillStyle = patterns[style[1]]; c.fill("evenodd"); }
    });
  }

  function strokeArcs(c, arcs, given, at) {
    var thin = [], thick = [], edge = [], community = ui.state.atoms.community;
    arcs.forEach(function (arc) {
      if (arc.left < 0 || arc.right < 0 || community[arc.left] !== community[arc.right]) edge.push(arc);
      else if (given[arc.left] !== given[arc.right]) thick.push(arc);
      else if (at.scale > 0.09) thin.push(arc);
    });
    [[thin, "rgba(70,78,90,.38)", 0.6], [thick, "#2b3038", at.scale > 0.05 ? 1.7 : 1.1], [edge, "#10131a", at.scale > 0.05 ? 3 : 1.8]].forEach(function (one) {
      if (!one[0].length) return;
      c.beginPath();
      one[0].forEach(function (arc) { trace(c, arc.xy, at, false); });
      c.strokeStyle = one[1]; c.lineWidth = one[2]; c.lineJoin = "round";
      c.stroke();
    });
  }

  // ---- pictures

  function Picture(given) {
    this.given = given; // () -> uid by compound
    this.front = document.createElement("canvas");
    this.back = document.createElement("canvas");
    this.at = null; // the view that the front shows
    this.job = null;
  }

  function same(a, b) { return !!a && a.x === b.x && a.y === b.y && a.scale === b.scale && a.width === b.width && a.height === b.height && a.ratio === b.ratio; }

  Picture.prototype.start = function () {
    var at = { x: view.x, y: view.y, scale: view.scale, width: view.width, height: view.height, ratio: view.ratio };
    var c = this.back.getContext("2d", { alpha: false }), list = view.within(view.box(4));
    this.back.width = Math.round(at.width * at.ratio); this.back.height = Math.round(at.height * at.ratio);
    c.setTransform(at.ratio, 0, 0, at.ratio, 0, 0);
    c.fillStyle = "#eef0f2";
    c.fillRect(0, 0, at.width, at.height);
    this.job = { at: at, c: c, list: list, arcs: ui.state.arcs, box: view.box(4), next: 0 };
  };

  // Arcs that meet a rectangle; where an arc lies is found once.
  function near(arcs, box) {
    return arcs.filter(function (arc) {
      if (!arc) return false;
      if (!arc.box) {
        arc.box = [Infinity, Infinity, -Infinity, -Infinity];
        for (var k = 0, xy = arc.xy, b = arc.box; k < xy.length; k += 2) {
          if (xy[k] < b[0]) b[0] = xy[k];
          if (xy[k] > b[2]) b[2] = xy[k];
          if (xy[k + 1] < b[1]) b[1] = xy[k + 1];
          if (xy[k + 1] > b[3]) b[3] = xy[k + 1];
        }
      }
      return arc.box[0] <= box[2] && arc.box[2] >= box[0] && arc.box[1] <= box[3] && arc.box[3] >= box[1];
    });
  }

  // Does a few milliseconds of the work; true when the picture is new.
  Picture.prototype.work = function () {
    var job = this.job, end = performance.now() + BUDGET, given = this.given(), n = job.list.length;
    while (performance.now() < end) {
      if (job.next < n) fillAtoms(job.c, job.list.slice(job.next, job.next = Math.min(n, job.next + CHUNK)), given, job.at);
      else if (job.next < n + job.arcs.length) strokeArcs(job.c, near(job.arcs.slice(job.next - n, (job.next += 8 * CHUNK) - n), job.box), given, job.at);
      else {
        var old = this.front;
        this.front = this.back; this.back = old; this.at = job.at; this.job = null;
        return true;
      }
      speck.drawImage(this.back, 0, 0, 1, 1, 0, 0, 1, 1); // else a browser draws it all only when it is shown
    }
    return false;
  };

  // Draws again what lies in a rectangle of the screen; false where everything has to be drawn.
  Picture.prototype.mend = function (box) {
    if (this.job || !same(this.at, view)) return false;
    var list = view.within([view.wx(box[0]), view.wy(box[3]), view.wx(box[2]), view.wy(box[1])]);
    if (list.length > 400) return false;
    var c = this.front.getContext("2d", { alpha: false }), seen = new Set(), arcs = [], given = this.given();
    c.setTransform(view.ratio, 0, 0, view.ratio, 0, 0);
    c.save();
    c.beginPath();
    c.rect(Math.floor(box[0]), Math.floor(box[1]), Math.ceil(box[2] - box[0]) + 1, Math.ceil(box[3] - box[1]) + 1);
    c.clip();
    c.fillStyle = "#eef0f2";
    c.fillRect(box[0] - 1, box[1] - 1, box[2] - box[0] + 3, box[3] - box[1] + 3);
    fillAtoms(c, list, given, view);
    list.forEach(function (i) { ui.arcsOf(i).forEach(function (arc) { if (!seen.has(arc)) { seen.add(arc); arcs.push(arc); } }); });
    strokeArcs(c, arcs, given, view);
    c.restore();
    return true;
  };

  Picture.prototype.show = function (c) {
    if (!this.at) return;
    var a = this.at, k = view.scale / a.scale;
    c.drawImage(this.front, view.px(a.x) - a.width / 2 * k, view.py(a.y) - a.height / 2 * k, a.width * k, a.height * k);
  };

  // ---- the frames

  var now = new Picture(function () { return ui.state.grid; }), was = new Picture(function () { return ui.state.filed; });
  var asked = false, shown = { stale: true, names: true };
  ui.swipe = -1; // where the slider between before and after stands, in pixels; -1 without it

  ui.frame = function () {
    if (asked) return;
    asked = true;
    requestAnimationFrame(draw);
  };

  function draw() {
    asked = false;
    var pictures = ui.swipe >= 0 ? [now, was] : [now], busy = false;
    pictures.forEach(function (one) {
      if (!one.job && !same(one.at, view)) {
        if (!ui.moving || !one.at) one.start();
        shown.stale = true;
      }
      if (one.job && !same(one.job.at, view)) { if (ui.moving) one.job = null; else one.start(); }
      if (one.job && !busy) { if (one.work()) shown.stale = true; busy = busy || !!one.job; }
      else if (one.job) busy = true;
    });
    if (shown.stale) blit();
    if (shown.names) { shown.names = false; ui.drawNames(); }
    ui.drawOver();
    if (busy) ui.frame();
  }

  function fresh(canvas, options) {
    var w = Math.round(view.width * view.ratio), h = Math.round(view.height * view.ratio);
    if (canvas.width !== w || canvas.height !== h) { canvas.width = w; canvas.height = h; }
    var c = canvas.getContext("2d", options);
    c.setTransform(view.ratio, 0, 0, view.ratio, 0, 0);
    return c;
  }
  ui.fresh = function (id) {
    var c = fresh(ui.byId(id));
    c.clearRect(0, 0, view.width, view.height);
    return c;
  };

  function blit(box) {
    var c = fresh(ui.byId("gk-base"), { alpha: false });
    c.save();
    if (box) { c.beginPath(); c.rect(box[0], box[1], box[2] - box[0], box[3] - box[1]); c.clip(); }
    c.fillStyle = "#eef0f2";
    c.fillRect(0, 0, view.width, view.height);
    now.show(c);
    if (ui.swipe >= 0) {
      c.save();
      c.beginPath(); c.rect(0, 0, ui.swipe, view.height); c.clip();
      c.fillRect(0, 0, view.width, view.height);
      was.show(c);
      c.restore();
    }
    c.restore();
    shown.stale = false;
  }

  // Draws again where compounds have another grid; everything without a list.
  ui.redraw = function (atoms) {
    shown.names = true;
    var box = atoms && atoms.length ? view.boxOfAtoms(atoms) : null;
    var screen = box && [view.px(box[0]) - 5, view.py(box[3]) - 5, view.px(box[2]) + 5, view.py(box[1]) + 5];
    if (screen) screen = [Math.max(0, screen[0]), Math.max(0, screen[1]), Math.min(view.width, screen[2]), Math.min(view.height, screen[3])];
    if (!screen) { now.at = null; was.at = null; now.job = was.job = null; now.start(); if (ui.swipe >= 0) was.start(); }
    else if (screen[0] < screen[2] && screen[1] < screen[3]) {
      if (now.mend(screen)) blit(screen.map(function (v, k) { return k < 2 ? Math.floor(v) : Math.ceil(v); }));
      else now.start();
    } else if (now.job) now.start();
    ui.frame();
  };

  // Draws a whole view into another canvas at once, for print: uid by compound, pixels for each of the screen.
  ui.paintInto = function (c, at, given) {
    var list = view.within([at.x - at.width / 2 / at.scale, at.y - at.height / 2 / at.scale, at.x + at.width / 2 / at.scale, at.y + at.height / 2 / at.scale]);
    var seen = new Set(), arcs = [];
    list.forEach(function (i) { ui.arcsOf(i).forEach(function (arc) { if (!seen.has(arc)) { seen.add(arc); arcs.push(arc); } }); });
    c.fillStyle = "#ffffff";
    c.fillRect(0, 0, at.width, at.height);
    fillAtoms(c, list, given, at);
    strokeArcs(c, arcs, given, at);
  };

  ui.namesAgain = function () { shown.names = true; ui.frame(); };
  ui.swiped = function () { shown.stale = true; ui.frame(); };
  ui.settled = function () { return !now.job && same(now.at, view) && (ui.swipe < 0 || !was.job && same(was.at, view)); };

  ui.startPaint = function () {
    makePatterns();
    speck = document.createElement("canvas").getContext("2d");
    var timer = 0;
    ui.onView.push(function () {
      ui.moving = true; // while the map moves, the last picture is shifted and stretched
      clearTimeout(timer);
      timer = setTimeout(function () { ui.moving = false; ui.frame(); }, 110);
      shown.stale = shown.names = true;
      ui.frame();
    });
  };
})();
