// What is drawn in which order, in small steps, so that a page can stop between them and stay quick.
(function () {
  "use strict";
  var BATCH = 16; // one huge path fills in quadratic time, small ones in linear time
  var TINY = 3; // pixels: of a smaller feature the box is enough
  var SMALL = 18; // pixels: a smaller feature is written pixel by pixel
  var THIN = 8; // pixels: a smaller feature has no outline
  var CROWD = 1500; // points of one view from which they are written as pixels
  var ALPHA = 0.88;
  var BORDER = {
    grid: { width: 0.8, dash: [3, 3], least: 22 },
    community: { width: 1.1, dash: [], least: 8 },
    street: { width: 2, dash: [], least: 0 }
  };
  var NAMED = ["street", "community", "grid", "compound", "defect"];

  gk.radius = function (zoom) { return zoom < 11 ? 2.2 : zoom < 13 ? 3 : zoom < 15 ? 4.5 : 6.5; };

  function styleOf(level, column, i) {
    return gk.style[level.has(column) ? level.get(column, i) : ""] || { id: "", color: gk.palette().other, pattern: "" };
  }

  function isOn(i) { return !gk.state.on.length || gk.state.on[i]; }

  function* batches(some, draw) {
    for (var from = 0; from < some.length; from += BATCH) {
      draw(some.slice(from, from + BATCH));
      yield;
    }
  }

  // ---- areas coloured by class

  function* areas(ctx, level, view) {
    var column = gk.state.fillColumn || "class", large = [], pixels = null;
    gk.seen(level, view).forEach(function (i) {
      if (gk.kindOf(level, i) !== gk.POLYGON) return;
      var wide = gk.sizeOf(level, i, view), ink;
      if (wide >= SMALL) { large.push(i); return; }
      pixels = pixels || new gk.Pixels(view);
      ink = gk.ink(styleOf(level, column, i), 0.8, view.ratio);
      if (wide < TINY) pixels.box(level, i, ink); else pixels.fill(level, i, ink);
    });
    if (pixels) pixels.put(ctx);
    yield;
    var unknown = column === "class" && level.has("unknown"); // of the first indicator only
    for (var k = 0; k < large.length; k++) {
      var i = large[k], style = styleOf(level, column, i);
      ctx.beginPath();
      gk.trace(ctx, level, i, view);
      ctx.globalAlpha = 0.8;
      gk.fillWith(ctx, style, view.ratio);
      if (unknown && level.get("unknown", i) && style.pattern !== "dots") {
        ctx.fillStyle = gk.pattern(ctx, "dots", "", view.ratio);
        ctx.fill();
      }
      ctx.globalAlpha = 1;
      if (k % BATCH === 0) yield;
    }
  }

  // ---- compounds

  // Compounds of a view by how they are drawn; the values of a status are whole numbers here.
  function sort(level, view) {
    var kinds = level.values(gk.state.statusColumn || "status"), out = { fill: [], points: [], faint: [], lined: [], broken: [], small: [] };
    var valid = level.has("valid") ? level.values("valid") : null, no = valid ? valid.of.indexOf("no") : -1;
    var now = !gk.state.statusColumn || gk.state.statusColumn === "status"; // what is valid now says nothing of another run
    var some = gk.seen(level, view), crowded = some.length > CROWD && view.radius < 4;
    out.kinds = kinds.of.map(function (id, at) {
      var style = gk.style[id] || { id: String(id), color: "#888888", pattern: "" };
      return { style: style, at: at, ink: gk.ink(style, ALPHA, view.ratio) };
    });
    for (var k = 0; k < some.length; k++) {
      var i = some[k], point = gk.kindOf(level, i) === gk.POINT, wide = point ? 2 * view.radius : gk.sizeOf(level, i, view);
      if (!isOn(i)) { if (wide >= THIN && !crowded) out.faint.push(i); continue; }
      var kind = kinds.at[i];
      if (point ? crowded : wide < SMALL) out.small.push(i);
      else if (point) (out.points[kind] = out.points[kind] || []).push(i);
      else (out.fill[kind] = out.fill[kind] || []).push(i);
      if (wide >= THIN && !point) out.lined.push(i);
      if (wide > 12 && no >= 0 && now && valid.at[i] === no && gk.covers(i)) out.broken.push(i);
    }
    out.of = kinds.at;
    return out;
  }

  // Small compounds pixel by pixel; the picture is whole before the next step, other views use the same canvas.
  function dots(ctx, level, groups, view) {
    if (!groups.small.length) return;
    var pixels = new gk.Pixels(view);
    groups.small.forEach(function (i) {
      var ink = groups.kinds[groups.of[i]].ink;
      if (gk.kindOf(level, i) === gk.POINT || gk.sizeOf(level, i, view) < TINY) pixels.box(level, i, ink);
      else pixels.fill(level, i, ink);
    });
    pixels.put(ctx);
  }

  function* compounds(ctx, level, view) {
    var groups = sort(level, view), palette = gk.palette();
    yield;
    dots(ctx, level, groups, view);
    groups.kinds.sort(function (a, b) { return a.style.id < b.style.id ? -1 : 1; });
    yield;
    yield* faint(ctx, level, groups.faint, view);
    for (var k = 0; k < groups.kinds.length; k++) {
      var kind = groups.kinds[k];
      yield* batches(groups.fill[kind.at] || [], function (some) {
        ctx.beginPath();
        some.forEach(function (i) { gk.trace(ctx, level, i, view); });
        ctx.globalAlpha = ALPHA;
        gk.fillWith(ctx, kind.style, view.ratio);
        ctx.globalAlpha = 1;
      });
    }
    yield* outlines(ctx, level, groups.lined, view, palette.outline);
    for (k = 0; k < groups.kinds.length; k++) {
      kind = groups.kinds[k];
      yield* batches(groups.points[kind.at] || [], function (some) { points(ctx, level, some, view, kind.style); });
    }
    yield* batches(groups.broken, function (some) {
      ctx.beginPath();
      some.forEach(function (i) { gk.trace(ctx, level, i, view); });
      ctx.setLineDash([4, 3]);
      ctx.lineWidth = 1.8;
      ctx.strokeStyle = palette.broken;
      ctx.stroke();
      ctx.setLineDash([]);
    });
  }

  // Of what the filters leave out only a trace stays.
  function* faint(ctx, level, some, view) {
    var mark = gk.newRound(level);
    yield* batches(some, function (few) {
      ctx.beginPath();
      few.forEach(function (i) {
        if (gk.kindOf(level, i) === gk.POINT) gk.trace(ctx, level, i, view);
        else gk.traceArcs(ctx, level, i, view, mark);
      });
      ctx.strokeStyle = gk.palette().faint;
      ctx.lineWidth = 0.7;
      ctx.stroke();
    });
  }

  // Each arc once, however many features share it.
  function* outlines(ctx, level, some, view, color) {
    var mark = gk.newRound(level);
    yield* batches(some, function (few) {
      ctx.beginPath();
      var added = 0;
      few.forEach(function (i) { added += gk.traceArcs(ctx, level, i, view, mark); });
      if (!added) return;
      ctx.strokeStyle = color;
      ctx.lineWidth = Math.min(0.9, Math.max(0.4, level.typical * view.scale / 24));
      ctx.stroke();
    });
  }

  function points(ctx, level, some, view, style) {
    ctx.beginPath();
    some.forEach(function (i) { gk.trace(ctx, level, i, view); });
    ctx.globalAlpha = ALPHA;
    ctx.fillStyle = gk.colour(style);
    ctx.fill();
    ctx.globalAlpha = 1;
    if (style.pattern && view.radius > 4) marks(ctx, level, some, view, style);
    ctx.strokeStyle = gk.palette().outline;
    ctx.lineWidth = view.radius < 4 ? 0.5 : 0.9;
    ctx.beginPath();
    some.forEach(function (i) { gk.trace(ctx, level, i, view); });
    ctx.stroke();
  }

  // A circle is too small for a pattern: one stroke or dot of it instead.
  function marks(ctx, level, some, view, style) {
    var dot = style.pattern === "dots", a = 0.6 * view.radius;
    var to = { hatch: [a, -a], rows: [a, 0], columns: [0, a] }[style.pattern] || [0, 0];
    ctx.strokeStyle = "#fff"; ctx.fillStyle = gk.palette().mark; ctx.lineWidth = 1.6;
    ctx.beginPath();
    some.forEach(function (i) {
      var x = level.label[2 * i] * view.scale - view.x, y = level.label[2 * i + 1] * view.scale - view.y;
      ctx.moveTo(x - to[0], y - to[1]);
      if (dot) ctx.arc(x, y, 1.3, 0, 7); else ctx.lineTo(x + to[0], y + to[1]);
    });
    if (dot) ctx.fill(); else ctx.stroke();
  }

  // ---- borders of the levels above, defects, further levels

  function* borders(ctx, level, view) {
    var kind = BORDER[level.level], palette = gk.palette();
    if (level.typical * view.scale < kind.least) return;
    var some = gk.seen(level, view), width = kind.width * Math.min(1, Math.max(0.3, level.typical * view.scale / 60));
    ctx.lineCap = kind.dash.length ? "butt" : "round";
    var pens = [[palette.border[level.level], width, kind.dash]];
    // an edge of another lightness keeps borders readable on every fill
    if (level.level !== "grid") pens.unshift([palette.edge, width + Math.min(1.6, width), []]);
    for (var k = 0; k < pens.length; k++) {
      var mark = gk.newRound(level), pen = pens[k];
      yield* batches(some, function (few) {
        ctx.beginPath();
        few.forEach(function (i) { gk.traceArcs(ctx, level, i, view, mark); });
        ctx.setLineDash(pen[2]);
        ctx.strokeStyle = pen[0];
        ctx.lineWidth = pen[1];
        ctx.stroke();
        ctx.setLineDash([]);
      });
    }
    ctx.lineCap = "butt";
  }

  // Defects of boundaries are drawn at least three pixels wide, however narrow they are.
  function* defects(ctx, level, view) {
    var some = gk.seen(level, view);
    for (var k = 0; k < some.length; k++) {
      var i = some[k], style = styleOf(level, "class", i);
      ctx.beginPath();
      if (gk.sizeOf(level, i, view) > 5) gk.trace(ctx, level, i, view);
      else ctx.arc(level.label[2 * i] * view.scale - view.x, level.label[2 * i + 1] * view.scale - view.y, 4, 0, 2 * Math.PI);
      ctx.globalAlpha = 0.55;
      gk.fillWith(ctx, style, view.ratio);
      ctx.globalAlpha = 1;
      ctx.lineWidth = 3;
      ctx.strokeStyle = gk.colour(style);
      ctx.stroke();
      if (k % BATCH === 0) yield;
    }
  }

  // A level of any other name: areas are filled, lines drawn, points marked, by their class.
  function* further(ctx, level, view) {
    var some = gk.seen(level, view), kinds = [[], [], []];
    some.forEach(function (i) { if (level.placed(i)) kinds[gk.kindOf(level, i)].push(i); });
    yield* batches(kinds[gk.POLYGON].concat(kinds[gk.LINE]), function (few) {
      few.forEach(function (i) {
        var style = styleOf(level, "class", i);
        ctx.beginPath();
        gk.trace(ctx, level, i, view, gk.POLYGON);
        ctx.globalAlpha = 0.7;
        gk.fillWith(ctx, style, view.ratio);
        ctx.globalAlpha = 1;
        if (gk.sizeOf(level, i, view) < TINY) return;
        ctx.strokeStyle = gk.palette().outline;
        ctx.lineWidth = 0.9;
        ctx.stroke();
        ctx.beginPath();
        gk.trace(ctx, level, i, view, gk.LINE);
        ctx.lineWidth = 2;
        ctx.strokeStyle = gk.colour(style);
        ctx.stroke();
      });
    });
    yield* batches(kinds[gk.POINT], function (few) {
      few.forEach(function (i) { points(ctx, level, [i], view, styleOf(level, "class", i)); });
    });
  }

  function* all(ctx, view) {
    var levels = gk.levels, show = gk.state.show;
    if (gk.state.fill && levels[gk.state.fill]) yield* areas(ctx, levels[gk.state.fill], view);
    var more = gk.order.filter(function (name) { return NAMED.indexOf(name) < 0 && show[name]; });
    for (var k = 0; k < more.length; k++) yield* further(ctx, levels[more[k]], view);
    if (levels.compound && show.compound) yield* compounds(ctx, levels.compound, view);
    for (var name of ["grid", "community", "street"]) {
      if (levels[name] && show[name]) yield* borders(ctx, levels[name], view);
    }
    if (levels.defect && show.defect) yield* defects(ctx, levels.defect, view);
  }

  // Draws a view step by step. A city on both sides of 180 degrees is seen from either side.
  gk.steps = function* (ctx, view) {
    var world = Math.pow(2, gk.UNIT_ZOOM + 8);
    for (var turn of [-1, 0, 1]) {
      var here = gk.viewOf(view, turn * world);
      if (here.x1 >= 0 - world / 2 && here.x0 <= 1.5 * world && touches(here)) yield* all(ctx, here);
    }
  };

  // Whether a view shows anything: the copies of the world beside ours hardly ever do.
  function touches(view) {
    return gk.order.some(function (name) {
      var box = extent(gk.levels[name]);
      return box[0] <= view.x1 && box[2] >= view.x0 && box[1] <= view.y1 && box[3] >= view.y0;
    });
  }

  function extent(level) {
    if (level.extent) return level.extent;
    var out = [Infinity, Infinity, -Infinity, -Infinity], b = level.box;
    for (var k = 0; k < b.length; k += 4) {
      if (b[k] > b[k + 2]) continue;
      if (b[k] < out[0]) out[0] = b[k];
      if (b[k + 1] < out[1]) out[1] = b[k + 1];
      if (b[k + 2] > out[2]) out[2] = b[k + 2];
      if (b[k + 3] > out[3]) out[3] = b[k + 3];
    }
    return (level.extent = out);
  }

  // Draws a view at once.
  gk.paint = function (ctx, view) {
    for (var steps = gk.steps(ctx, view); !steps.next().done;);
  };
})();
