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

  function packed(color, alpha) {
    var v = parseInt(color.slice(1), 16);
    return ((Math.round(alpha * 255) << 24) | ((v & 255) << 16) | (v & 0xff00) | (v >> 16)) >>> 0;
  }

  // A picture of single pixels over a view, written feature by feature and put on the canvas at the end.
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

  // The box of feature i, at least one pixel; a point as a square.
  gk.Pixels.prototype.add = function (level, i, color) {
    var b = level.box, k = 4 * i, v = this.view, s = v.scale * v.ratio, vx = v.x * v.ratio - 0.5, vy = v.y * v.ratio - 0.5;
    var more = gk.kindOf(level, i) === gk.POINT ? 1.5 * v.ratio : 0;
    var x0 = Math.floor(b[k] * s - vx - more), x1 = Math.floor(b[k + 2] * s - vx + more);
    var y0 = Math.floor(b[k + 1] * s - vy - more), y1 = Math.floor(b[k + 3] * s - vy + more);
    if (x1 <= x0) x1 = x0 + 1;
    if (y1 <= y0) y1 = y0 + 1;
    if (x0 < 0) x0 = 0;
    if (y0 < 0) y0 = 0;
    if (x1 > this.wide) x1 = this.wide;
    if (y1 > this.high) y1 = this.high;
    for (var y = y0; y < y1; y++) for (var at = y * this.wide + x0, end = at + x1 - x0; at < end; at++) this.data[at] = color;
    this.some = true;
  };

  gk.Pixels.prototype.put = function (ctx) {
    if (!this.some) return;
    scratch.gkContext.putImageData(this.image, 0, 0);
    ctx.imageSmoothingEnabled = false;
    ctx.drawImage(scratch, 0, 0, this.wide / this.view.ratio, this.high / this.view.ratio);
  };

  gk.Pixels.color = packed;
})();
