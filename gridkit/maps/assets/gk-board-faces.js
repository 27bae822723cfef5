// The pieces into which lines cut an outline: borders and lines are split where they meet, and every piece is walked
// around. Nothing here knows of atoms: outlines are lists of arcs, each with the side on which the land lies.
(function () {
  "use strict";
  var board = gk.board = gk.board || {};
  var SAME = 1e-6;   // metres within which two points are one

  function key(x, y) { return Math.round(x * 1e5) + ":" + Math.round(y * 1e5); }

  // Where the segments of two paths meet: [segment and share of the first, of the second, x, y].
  function meetings(one, other, visit) {
    for (var i = 2; i < one.length; i += 2) {
      var ax = one[i - 2], ay = one[i - 1], rx = one[i] - ax, ry = one[i + 1] - ay, long = Math.hypot(rx, ry);
      if (!long) continue;
      for (var j = 2; j < other.length; j += 2) {
        var bx = other[j - 2], by = other[j - 1], sx = other[j] - bx, sy = other[j + 1] - by;
        var cross = rx * sy - ry * sx, wide = Math.hypot(sx, sy);
        if (Math.abs(cross) <= 1e-9 * long * wide) continue;
        var t = ((bx - ax) * sy - (by - ay) * sx) / cross, u = ((bx - ax) * ry - (by - ay) * rx) / cross;
        if (t < -SAME / long || t > 1 + SAME / long || u < -SAME / wide || u > 1 + SAME / wide) continue;
        u = u * wide < SAME ? 0 : (1 - u) * wide < SAME ? 1 : u;
        var x = u === 0 ? bx : u === 1 ? other[j] : bx + u * sx, y = u === 0 ? by : u === 1 ? other[j + 1] : by + u * sy;
        visit([i / 2 - 1, Math.max(0, Math.min(1, t)), x, y], [j / 2 - 1, u, x, y]);
      }
    }
  }

  // The stretches of a path between the points at which it is met.
  function stretches(xy, stops) {
    stops.sort(function (a, b) { return a[0] + a[1] - b[0] - b[1]; });
    var out = [], now = [xy[0], xy[1]], at = 0;
    function step(x, y) {
      var n = now.length;
      if (Math.abs(now[n - 2] - x) > SAME || Math.abs(now[n - 1] - y) > SAME) now.push(x, y);
    }
    for (var i = 0; i + 2 < xy.length; i += 2) {
      for (; at < stops.length && stops[at][0] === i / 2; at++) {
        step(stops[at][2], stops[at][3]);
        if (now.length > 2) { out.push(Float64Array.from(now)); now = [stops[at][2], stops[at][3]]; }
      }
      step(xy[i + 2], xy[i + 3]);
    }
    if (now.length > 2) out.push(Float64Array.from(now));
    return out;
  }

  function ends(xy) { var n = xy.length; return [key(xy[0], xy[1]), key(xy[n - 2], xy[n - 1])]; }

  // Takes off stretches of lines that lead nowhere.
  function pruned(borders, lines) {
    for (;;) {
      var degree = new Map();
      borders.concat(lines).forEach(function (one) {
        ends(one.xy).forEach(function (end) { degree.set(end, (degree.get(end) || 0) + 1); });
      });
      var kept = lines.filter(function (one) {
        return ends(one.xy).every(function (end) { return degree.get(end) > 1; });
      });
      if (kept.length === lines.length) return kept;
      lines = kept;
    }
  }

  // A stretch walked one way; the land lies to its left.
  function half(path, forward) {
    var xy = path.xy, n = xy.length, at = forward ? [0, 2, n - 2, n - 4] : [n - 2, n - 4, 0, 2];
    return { path: path, forward: forward, from: key(xy[at[0]], xy[at[0] + 1]), to: key(xy[at[2]], xy[at[2] + 1]),
      angle: Math.atan2(xy[at[1] + 1] - xy[at[0] + 1], xy[at[1]] - xy[at[0]]),
      back: Math.atan2(xy[at[3] + 1] - xy[at[2] + 1], xy[at[3]] - xy[at[2]]), done: false };
  }

  // Walks around every piece: at each point the sharpest turn to the left.
  function walked(halves) {
    var from = new Map(), rings = [];
    halves.forEach(function (one) {
      if (from.has(one.from)) from.get(one.from).push(one); else from.set(one.from, [one]);
    });
    halves.forEach(function (first) {
      if (first.done) return;
      var ring = [], one = first;
      while (one && !one.done) {
        one.done = true;
        ring.push(one);
        var best = null, least = Infinity;
        (from.get(one.to) || []).forEach(function (next) {
          var turn = one.back - next.angle;
          while (turn <= 1e-12) turn += 2 * Math.PI;
          if (turn < least) { least = turn; best = next; }
        });
        one = best;
      }
      if (one === first) rings.push(ring);
    });
    return rings;
  }

  function outline(ring) {
    var out = [];
    ring.forEach(function (one) {
      var xy = one.path.xy, i;
      if (one.forward) for (i = 0; i < xy.length - 2; i += 2) out.push(xy[i], xy[i + 1]);
      else for (i = xy.length - 2; i > 0; i -= 2) out.push(xy[i], xy[i + 1]);
    });
    out.push(out[0], out[1]);
    return Float64Array.from(out);
  }

  // Shells with the holes that lie in them, the smallest shell around each.
  function pieces(rings) {
    var shells = [], holes = [];
    rings.forEach(function (halves) {
      var one = { halves: [halves], rings: [outline(halves)] };
      one.shell = board.areaOf(one.rings);
      (one.shell > 0 ? shells : holes).push(one);
    });
    shells.sort(function (a, b) { return a.shell - b.shell; });
    holes.forEach(function (hole) {
      var ring = hole.rings[0], x = (ring[0] + ring[2]) / 2, y = (ring[1] + ring[3]) / 2;
      var home = shells.find(function (shell) { return board.inside([shell.rings[0]], x, y) && shell.shell > -hole.shell; });
      if (!home) return;
      home.halves.push(hole.halves[0]);
      home.rings.push(ring);
    });
    shells.forEach(function (one) {
      var c = board.centroid(one.rings);
      one.centre = [c[0], c[1]];
      one.area = c[2];
    });
    return shells;
  }

  // Pieces ({rings, area, centre, halves}) of an outline; ``arcs`` are {arc, xy, left} with the land to the left or not,
  // ``rings`` the same outline as rings, ``lines`` paths of one segment each. The stretches of borders and lines are given as well.
  board.faces = function (arcs, rings, lines) {
    var stops = arcs.map(function () { return []; }), knives = lines.map(function () { return []; });
    lines.forEach(function (line, k) {
      arcs.forEach(function (arc, i) {
        meetings(line, arc.xy, function (mine, its) { knives[k].push(mine); stops[i].push(its); });
      });
      for (var m = 0; m < k; m++) {
        meetings(line, lines[m], function (mine, its) { knives[k].push(mine); knives[m].push(its); });
      }
    });
    var borders = [], cuts = [];
    arcs.forEach(function (arc, i) {
      stretches(arc.xy, stops[i]).forEach(function (xy) { borders.push({ arc: arc.arc, xy: xy, left: arc.left }); });
    });
    lines.forEach(function (line, k) {
      stretches(line, knives[k]).forEach(function (xy) {
        if (board.inside(rings, (xy[0] + xy[2]) / 2, (xy[1] + xy[3]) / 2)) cuts.push({ line: k, xy: xy });
      });
    });
    return built(borders, pruned(borders, cuts));
  };

  function built(borders, cuts) {
    var halves = borders.map(function (one) { return half(one, one.left); });
    cuts.forEach(function (one) { halves.push(half(one, true), half(one, false)); });
    return { pieces: pieces(walked(halves)), borders: borders, cuts: cuts };
  }

  // What lies between two pieces: path -> the numbers of the pieces on its sides.
  function sidesOf(found) {
    var sides = new Map();
    found.pieces.forEach(function (piece, k) {
      piece.halves.forEach(function (ring) {
        ring.forEach(function (one) {
          if (!sides.has(one.path)) sides.set(one.path, []);
          sides.get(one.path).push(k);
        });
      });
    });
    return sides;
  }

  // The same faces without slivers: each joins the piece with which it has the longest cut in common.
  board.withoutSlivers = function (found, least) {
    for (var round = 0; round < 50; round++) {
      var small = found.pieces.findIndex(function (one) { return one.area < least; }), by = new Map();
      if (small < 0) return found;
      var sides = sidesOf(found);
      found.cuts.forEach(function (path) {
        var pair = sides.get(path) || [], other = pair[0] === small ? pair[1] : pair[1] === small ? pair[0] : -1;
        if (!(other >= 0) || other === small) return;
        by.set(other, (by.get(other) || 0) + Math.hypot(path.xy[2] - path.xy[0], path.xy[3] - path.xy[1]));
      });
      var best = Array.from(by.keys()).sort(function (a, b) {
        var x = found.pieces[a].area < least, y = found.pieces[b].area < least;
        return x - y || by.get(b) - by.get(a) || a - b;
      })[0];
      if (best === undefined) return found;
      found = built(found.borders, found.cuts.filter(function (path) {
        var pair = sides.get(path) || [];
        return !(pair.indexOf(small) >= 0 && pair.indexOf(best) >= 0);
      }));
    }
    return found;
  };
})();
