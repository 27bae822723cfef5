// Paths, pixels and strokes of features on a canvas: what is too small or outside is left out as early as possible.
(function () {
  "use strict";
  var LEAST = 0.4; // pixels: points nearer than this to the last one are left out
  var bx = new Float64Array(256), by = new Float64Array(256); // the points of one arc
  var stamp = new Int32Array(0), round = 0, of = null;
  var scratch = null;

  // A view with its rectangle in units. view: {x, y, width, height: pixels of the page; scale; radius; ratio}.
  gk.viewOf = function (view, shift) {
    var out = Object.assign({ ratio: 1 }, view), margin = (view.radius + 2) / view.scale;
    out.x -= (shift || 0) * view.scale;
    out.x0 = out.x / view.scale - margin; out.x1 = (out.x + view.width) / view.scale + margin;
    out.y0 = out.y / view.scale - margin; out.y1 = (out.y + view.height) / view.scale + margin;
    return out;
  };

  gk.seen = function (level, view) { return level.within(view.x0, view.y0, view.x1, view.y1); };

  // Pixels across the box of feature i.
  gk.sizeOf = function (level, i, view) {
    var b = level.box, k = 4 * i;
    return Math.max(b[k + 2] - b[k], b[k + 3] - b[k + 1]) * view.scale;
  };

  gk.kindOf = function (level, i) { return level.kind[level.part[i]]; };

  function outside(a, view) {
    var box = of.box, k = 4 * a;
    return box[k] > view.x1 || box[k + 2] < view.x0 || box[k + 1] > view.y1 || box[k + 3] < view.y0;
  }

  // Puts arc a in pixels into bx and by, always from its first point on so that neighbours agree; returns how many.
  // An arc beside the view is one step: a straight line in its box is beside the view, too.
  function thin(a, view) {
    var from = of.at[a], last = of.at[a + 1] - 1, s = view.scale, vx = view.x, vy = view.y, n = 1;
    if (bx.length <= last - from) { bx = new Float64Array(2 * (last - from) + 2); by = new Float64Array(bx.length); }
    var x = of.x[from] * s - vx, y = of.y[from] * s - vy;
    bx[0] = x; by[0] = y;
    if (last === from) return 1;
    if (!outside(a, view)) {
      for (var k = from + 1; k < last; k++) {
        var nx = of.x[k] * s - vx, ny = of.y[k] * s - vy, dx = nx - x, dy = ny - y;
        if (dx < LEAST && dx > -LEAST && dy < LEAST && dy > -LEAST) continue;
        x = nx; y = ny;
        bx[n] = x; by[n++] = y;
      }
    }
    bx[n] = of.x[last] * s - vx; by[n++] = of.y[last] * s - vy;
    return n;
  }

  function path(ctx, level, r, view, closed) {
    var refs = level.refs, begun = false;
    for (var j = level.ref[r]; j < level.ref[r + 1]; j++) {
      var a = refs[j], back = a < 0, n = thin(back ? ~a : a, view), k;
      if (!begun) ctx.moveTo(bx[back ? n - 1 : 0], by[back ? n - 1 : 0]);
      begun = true;
      if (back) for (k = n - 2; k >= 0; k--) ctx.lineTo(bx[k], by[k]);
      else for (k = 1; k < n; k++) ctx.lineTo(bx[k], by[k]);
    }
    if (closed && begun) ctx.closePath();
  }

  // Adds the outline of feature i to the path of the context; points as circles. kind: only parts of it, if given.
  gk.trace = function (ctx, level, i, view, kind) {
    of = level.arcs || gk.arcs;
    for (var p = level.part[i]; p < level.part[i + 1]; p++) {
      if (kind !== undefined && level.kind[p] !== kind) continue;
      for (var r = level.ring[p]; r < level.ring[p + 1]; r++) {
        if (level.kind[p] !== gk.POINT) { path(ctx, level, r, view, level.kind[p] === gk.POLYGON); continue; }
        var k = of.at[level.refs[level.ref[r]]], x = of.x[k] * view.scale - view.x, y = of.y[k] * view.scale - view.y;
        ctx.moveTo(x + view.radius, y);
        ctx.arc(x, y, view.radius, 0, 2 * Math.PI);
      }
    }
  };

  // Forgets which arcs have been drawn.
  gk.newRound = function (level) {
    var arcs = level.arcs || gk.arcs;
    if (stamp.length < arcs.at.length) { stamp = new Int32Array(arcs.at.length); round = 0; }
    round++;
    return round;
  };

  // Adds the arcs of feature i that no other feature of this round has added; returns how many.
  gk.traceArcs = function (ctx, level, i, view, mark) {
    var refs = level.refs, added = 0;
    of = level.arcs || gk.arcs;
    for (var p = level.part[i]; p < level.part[i + 1]; p++) {
      if (level.kind[p] === gk.POINT) continue;
      for (var j = level.ref[level.ring[p]], end = level.ref[level.ring[p + 1]]; j < end; j++) {
        var a = refs[j] < 0 ? ~refs[j] : refs[j];
        if (stamp[a] === mark) continue;
        stamp[a] = mark;
        if (outside(a, view)) continue;
        var n = thin(a, view);
        ctx.moveTo(bx[0], by[0]);
        for (var k = 1; k < n; k++) ctx.lineTo(bx[k], by[k]);
        added++;
      }
    }
    return added;
  };

  // A picture of single pixels over a view, written feature by feature and put on the canvas at the end. It is
  // several times as fast as paths for small features; there are no half pixels between neighbours.
  gk.Pixels = function (view) {
    this.view = view;
    this.wide = Math.ceil(view.width * view.ratio); this.high = Math.ceil(view.height * view.ratio);
    if (!scratch || scratch.width !== this.wide || scratch.height !== this.high) {
      scratch = document.createElement("canvas");
      scratch.width = this.wide; scratch.height = this.high;
      scratch.gkContext = scratch.getContext("2d", { willReadFrequently: true });
    }
    this.image = scratch.gkContext.createImageData(this.wide, this.high);
    this.data = new Uint32Array(this.image.data.buffer);
    this.some = false;
  };

  gk.Pixels.prototype.span = function (y, x0, x1, ink) {
    if (x0 < 0) x0 = 0;
    if (x1 > this.wide) x1 = this.wide;
    var row = y * this.wide, size = ink.size, from = (y % size) * size, data = this.data;
    if (size === 1) for (var x = x0; x < x1; x++) data[row + x] = ink.data[0];
    else for (x = x0; x < x1; x++) data[row + x] = ink.data[from + x % size];
  };

  // The box of feature i, at least one pixel; a point as a square. ink: of gk.ink.
  gk.Pixels.prototype.box = function (level, i, ink) {
    var b = level.box, k = 4 * i, v = this.view, s = v.scale * v.ratio, vx = v.x * v.ratio - 0.5, vy = v.y * v.ratio - 0.5;
    var more = gk.kindOf(level, i) === gk.POINT ? 1.5 * v.ratio : 0;
    var x0 = Math.floor(b[k] * s - vx - more), x1 = Math.max(x0 + 1, Math.floor(b[k + 2] * s - vx + more));
    var y0 = Math.floor(b[k + 1] * s - vy - more), y1 = Math.max(y0 + 1, Math.floor(b[k + 3] * s - vy + more));
    for (var y = Math.max(0, y0), end = Math.min(y1, this.high); y < end; y++) this.span(y, x0, x1, ink);
    this.some = true;
  };

  // The same in one colour of gk.Pixels.color("#rrggbb", alpha).
  gk.Pixels.prototype.add = function (level, i, color) { this.box(level, i, { size: 1, data: [color] }); };

  gk.Pixels.color = function (color, alpha) {
    var v = parseInt(color.slice(1), 16);
    return ((Math.round(alpha * 255) << 24) | ((v & 255) << 16) | (v & 0xff00) | (v >> 16)) >>> 0;
  };

  // Every pixel whose middle lies in feature i.
  gk.Pixels.prototype.fill = function (level, i, ink) {
    var count = edgesOf(level, i, this.view), found = false, xs = crossings;
    var y0 = Math.max(0, Math.ceil(count.top - 0.5)), y1 = Math.min(this.high, Math.ceil(count.bottom - 0.5));
    for (var y = y0; y < y1; y++) {
      var n = 0, middle = y + 0.5, e, k;
      for (e = 0; e < count.n; e += 4) {
        var top = edges[e + 1], bottom = edges[e + 3];
        if (top <= middle === bottom <= middle) continue;
        var x = edges[e] + (middle - top) * (edges[e + 2] - edges[e]) / (bottom - top);
        for (k = n++; k > 0 && xs[k - 1] > x; k--) xs[k] = xs[k - 1];
        xs[k] = x;
      }
      for (k = 0; k + 1 < n; k += 2) {
        var from = Math.ceil(xs[k] - 0.5), to = Math.ceil(xs[k + 1] - 0.5);
        if (to > from) { found = true; this.span(y, from, to, ink); }
      }
    }
    if (!found && y1 - y0 < 2) this.box(level, i, ink); // thinner than a pixel
    this.some = true;
  };

  var edges = new Float64Array(4096), crossings = [];

  // The sides of feature i in canvas pixels, in `edges`.
  function edgesOf(level, i, view) {
    var out = { n: 0, top: Infinity, bottom: -Infinity }, refs = level.refs, r = view.ratio;
    of = level.arcs || gk.arcs;
    for (var p = level.part[i]; p < level.part[i + 1]; p++) {
      if (level.kind[p] !== gk.POLYGON) continue;
      for (var j = level.ref[level.ring[p]], end = level.ref[level.ring[p + 1]]; j < end; j++) {
        var n = thin(refs[j] < 0 ? ~refs[j] : refs[j], view), at = out.n;
        if (at + 4 * n > edges.length) {
          var more = new Float64Array(2 * (at + 4 * n));
          more.set(edges);
          edges = more;
        }
        for (var k = 0; k < n; k++) {
          var y = by[k] * r;
          if (y < out.top) out.top = y;
          if (y > out.bottom) out.bottom = y;
          if (!k) continue;
          edges[at++] = bx[k - 1] * r; edges[at++] = by[k - 1] * r;
          edges[at++] = bx[k] * r; edges[at++] = y;
        }
        out.n = at;
      }
    }
    return out;
  }

  gk.Pixels.prototype.put = function (ctx) {
    if (!this.some) return;
    scratch.gkContext.putImageData(this.image, 0, 0);
    ctx.imageSmoothingEnabled = false;
    ctx.drawImage(scratch, 0, 0, this.wide / this.view.ratio, this.high / this.view.ratio);
  };
})();
