// Where features are: a uniform grid over each level, tests for points, and features by code.
(function () {
  "use strict";
  var Level = gk.Level.prototype;

  // Whether feature i touches the rectangle, in units.
  Level.meets = function (i, x0, y0, x1, y1) {
    var b = this.box, k = 4 * i;
    return b[k] <= x1 && b[k + 2] >= x0 && b[k + 1] <= y1 && b[k + 3] >= y0 && b[k] <= b[k + 2];
  };

  // Whether the point, in units, is in feature i; points and lines are hit within reach.
  Level.hit = function (i, x, y, reach) {
    if (!this.meets(i, x - reach, y - reach, x + reach, y + reach)) return false;
    for (var p = this.part[i]; p < this.part[i + 1]; p++) {
      var from = this.ref[this.ring[p]], to = this.ref[this.ring[p + 1]];
      if (this.kind[p] === gk.POLYGON ? this.inside(from, to, x, y) : this.near(from, to, x, y, reach)) return true;
    }
    return false;
  };

  // Whether a point lies within reach of an outline of feature i: of a sliver nothing else can be hit.
  Level.beside = function (i, x, y, reach) {
    return this.meets(i, x - reach, y - reach, x + reach, y + reach) &&
      this.near(this.ref[this.ring[this.part[i]]], this.ref[this.ring[this.part[i + 1]]], x, y, reach);
  };

  // Counts the sides that a ray from the point crosses; the direction of an arc does not matter.
  Level.inside = function (from, to, x, y) {
    var at = this.arcs.at, xs = this.arcs.x, ys = this.arcs.y, of = this.arcs.box, inside = false;
    for (var j = from; j < to; j++) {
      var a = this.refs[j];
      if (a < 0) a = ~a;
      if (of[4 * a + 1] > y || of[4 * a + 3] < y || of[4 * a + 2] < x) continue;
      for (var k = at[a] + 1, end = at[a + 1]; k < end; k++) {
        if (ys[k] > y !== ys[k - 1] > y &&
            x < (xs[k - 1] - xs[k]) * (y - ys[k]) / (ys[k - 1] - ys[k]) + xs[k]) inside = !inside;
      }
    }
    return inside;
  };

  Level.near = function (from, to, x, y, reach) {
    var at = this.arcs.at, xs = this.arcs.x, ys = this.arcs.y;
    for (var j = from; j < to; j++) {
      var a = this.refs[j];
      if (a < 0) a = ~a;
      for (var k = at[a], end = at[a + 1]; k < end; k++) {
        var b = k > at[a] ? k - 1 : k, dx = xs[k] - xs[b], dy = ys[k] - ys[b], long = dx * dx + dy * dy;
        var t = long ? Math.max(0, Math.min(1, ((x - xs[b]) * dx + (y - ys[b]) * dy) / long)) : 0;
        dx = xs[b] + t * dx - x; dy = ys[b] + t * dy - y;
        if (dx * dx + dy * dy <= reach * reach) return true;
      }
    }
    return false;
  };

  // ---- index

  // Extent of most middles: a single far point must not put everything else into one cell.
  function spreadOf(box, n, low, high) {
    var middles = [];
    for (var i = 0; i < n; i++) if (box[4 * i] <= box[4 * i + 2]) middles.push((box[4 * i + low] + box[4 * i + high]) / 2);
    middles = Float64Array.from(middles).sort();
    var cut = Math.floor(middles.length / 50);
    return { from: middles[cut] || 0, to: middles[middles.length - 1 - cut] || 0, n: middles.length };
  }

  // A grid of cells about as large as a feature; cell c holds items[start[c]] .. items[start[c + 1]].
  Level.index = function () {
    if (this._index) return this._index;
    var box = this.box, n = this.n, across = spreadOf(box, n, 0, 2), down = spreadOf(box, n, 1, 3), mean = 0, i;
    for (i = 0; i < n; i++) if (box[4 * i] <= box[4 * i + 2]) {
      mean += Math.min(Math.max(box[4 * i + 2] - box[4 * i], box[4 * i + 3] - box[4 * i + 1]), 1e9) / across.n;
    }
    var root = Math.sqrt(Math.max(1, across.n));
    var size = Math.max(1, mean, Math.max(across.to - across.from, down.to - down.from) / Math.max(1, 1.5 * root));
    var g = this._index = { x: across.from, y: down.from, size: size,
      wide: Math.floor((across.to - across.from) / size) + 1, high: Math.floor((down.to - down.from) / size) + 1 };
    var counts = new Int32Array(g.wide * g.high + 1), self = this;
    function each(visit) {
      for (var f = 0; f < n; f++) {
        if (box[4 * f] > box[4 * f + 2]) continue;
        var c = self.cells(box[4 * f], box[4 * f + 1], box[4 * f + 2], box[4 * f + 3]);
        for (var row = c[1]; row <= c[3]; row++) for (var col = c[0]; col <= c[2]; col++) visit(row * g.wide + col, f);
      }
    }
    each(function (cell) { counts[cell + 1]++; });
    for (i = 0; i < g.wide * g.high; i++) counts[i + 1] += counts[i];
    g.start = counts;
    g.items = new Int32Array(counts[g.wide * g.high]);
    var next = counts.slice();
    each(function (cell, f) { g.items[next[cell]++] = f; });
    this._stamp = new Int32Array(n);
    this._round = 0;
    return g;
  };

  // Columns and rows of the cells that a rectangle touches; what lies outside the grid belongs to its rim.
  Level.cells = function (x0, y0, x1, y1) {
    var g = this._index;
    function clamp(v, most) { return v < 0 ? 0 : v > most ? most : Math.floor(v); }
    return [clamp((x0 - g.x) / g.size, g.wide - 1), clamp((y0 - g.y) / g.size, g.high - 1),
      clamp((x1 - g.x) / g.size, g.wide - 1), clamp((y1 - g.y) / g.size, g.high - 1)];
  };

  // The features whose box touches the rectangle, in their order.
  Level.within = function (x0, y0, x1, y1) {
    var g = this.index(), c = this.cells(x0, y0, x1, y1), out = [], round = ++this._round, i;
    if ((c[2] - c[0] + 1) * (c[3] - c[1] + 1) >= g.wide * g.high) { // everything is seen
      for (i = 0; i < this.n; i++) if (this.meets(i, x0, y0, x1, y1)) out.push(i);
      return out;
    }
    for (var row = c[1]; row <= c[3]; row++) {
      for (var k = g.start[row * g.wide + c[0]]; k < g.start[row * g.wide + c[2] + 1]; k++) {
        i = g.items[k];
        if (this._stamp[i] === round) continue;
        this._stamp[i] = round;
        if (this.meets(i, x0, y0, x1, y1)) out.push(i);
      }
    }
    return out.sort(function (a, b) { return a - b; });
  };

  // ---- the page's own data

  function text(id) { return document.getElementById(id).textContent; }

  gk.read = function () {
    var settings = gk.settings = JSON.parse(text("gk-settings"));
    var store = gk.open(text("gk-data"), document.getElementById("gk-later") && function () { return text("gk-later"); });
    gk.words = settings.words;
    gk.arcs = store.arcs;
    gk.order = store.order; // widest first
    gk.levels = store.levels;
    gk.nameStyles();
    gk.onRead.forEach(function (tell) { tell(); });
  };

  // Puts every style into gk.style, with its label in the words of now.
  gk.nameStyles = function () {
    var s = gk.settings, all = [s.statuses, s.classes, (s.defects || {}).styles || []];
    (s.indicators || []).forEach(function (one) { all.push(one.classes); });
    gk.moreStyles.forEach(function (more) { all.push(more()); });
    gk.style = {};
    [].concat.apply([], all).forEach(function (style) { gk.style[style.id] = style; });
  };

  // A template such as "{n} of {all}" with its values.
  gk.say = function (word, values) {
    return gk.words[word].replace(/\{(\w+)\}/g, function (_, key) { return values[key]; });
  };

  // Whether the status of compound i says that something covers it, so that it can be valid or not.
  gk.covers = function (i) {
    return ["UNCOVERED", "UNKNOWN", "PLANNED"].indexOf(gk.levels.compound.get("status", i)) < 0;
  };

  // The name of the smallest area above compound i that has one.
  gk.areaOf = function (i) {
    var level = gk.levels.compound;
    return gk.nameOf("community", level.get("community", i)) || gk.nameOf("street", level.get("street", i));
  };

  // Finds a code on any level, compounds first.
  gk.find = function (code) {
    for (var k = gk.order.length - 1; k >= 0; k--) {
      var level = gk.levels[gk.order[k]], i = level.at.get(code);
      if (i !== undefined) return { level: level.level, i: i };
    }
    return null;
  };

  gk.nameOf = function (level, code) {
    if (!code) return "";
    var features = gk.levels[level], i = features ? features.at.get(code) : undefined;
    return i === undefined ? code : features.name(i);
  };

  // Text for comparing: full width and upper case folded.
  gk.fold = function (text) { return String(text).normalize("NFKC").toLowerCase(); };
})();
