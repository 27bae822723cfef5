// The ground of the board: borders that two atoms share are held once (arcs), and outlines, lengths and areas follow.
(function () {
  "use strict";
  var board = gk.board = gk.board || {};
  var CELL = 150;   // metres of a cell of the index

  // Metres from differences of whole units; one array for all arcs, each a window on it.
  function unpacked(counts, deltas, unit) {
    var xy = new Float64Array(deltas.length), x = 0, y = 0, i, at = 0;
    for (i = 0; i < deltas.length; i += 2) {
      xy[i] = (x += deltas[i]) * unit;
      xy[i + 1] = (y += deltas[i + 1]) * unit;
    }
    return counts.map(function (n) { return xy.subarray(at, at += 2 * n); });
  }
  board.unpacked = unpacked;

  function lengthOf(xy) {
    var sum = 0;
    for (var i = 2; i < xy.length; i += 2) sum += Math.hypot(xy[i] - xy[i - 2], xy[i + 1] - xy[i - 1]);
    return sum;
  }

  // Twice the area that an arc sweeps around the origin of the board: the sum over a ring is twice its area.
  function sweptBy(xy) {
    var sum = 0;
    for (var i = 2; i < xy.length; i += 2) sum += xy[i - 2] * xy[i + 1] - xy[i] * xy[i - 1];
    return sum;
  }

  board.arc = function (xy, left, right) {
    return { xy: xy, left: left, right: right, length: lengthOf(xy), swept: sweptBy(xy) };
  };

  function boxOf(state, atom) {
    var box = [Infinity, Infinity, -Infinity, -Infinity];
    state.refs(atom).forEach(function (ring) {
      ring.forEach(function (ref) {
        var xy = state.arcs[ref < 0 ? ~ref : ref].xy;
        for (var i = 0; i < xy.length; i += 2) {
          if (xy[i] < box[0]) box[0] = xy[i];
          if (xy[i] > box[2]) box[2] = xy[i];
          if (xy[i + 1] < box[1]) box[1] = xy[i + 1];
          if (xy[i + 1] > box[3]) box[3] = xy[i + 1];
        }
      });
    });
    return box;
  }

  function cells(box, visit) {
    if (!(box[2] >= box[0])) return;
    for (var i = Math.floor(box[0] / CELL); i <= Math.floor(box[2] / CELL); i++) {
      for (var j = Math.floor(box[1] / CELL); j <= Math.floor(box[3] / CELL); j++) visit(i + ":" + j);
    }
  }

  function ringOf(state, refs) {
    var parts = refs.map(function (ref) { return state.arcs[ref < 0 ? ~ref : ref].xy; }), n = 0, at = 0;
    parts.forEach(function (xy) { n += xy.length - 2; });
    var out = new Float64Array(n + 2);
    parts.forEach(function (xy, k) {
      var i;
      if (refs[k] >= 0) for (i = 0; i < xy.length - 2; i++) out[at++] = xy[i];
      else for (i = xy.length - 2; i > 0; i -= 2) { out[at++] = xy[i]; out[at++] = xy[i + 1]; }
    });
    out[at] = out[0];
    out[at + 1] = out[1];
    return out;
  }

  // Whether a point lies inside rings: an odd number of borders lies to its right.
  board.inside = function (rings, x, y) {
    var odd = false;
    rings.forEach(function (ring) {
      for (var i = 2; i < ring.length; i += 2) {
        var a = ring[i - 1], b = ring[i + 1];
        if (a > y !== b > y && x < (ring[i] - ring[i - 2]) * (y - a) / (b - a) + ring[i - 2]) odd = !odd;
      }
    });
    return odd;
  };

  board.areaOf = function (rings) {
    return rings.reduce(function (sum, ring) { return sum + sweptBy(ring); }, 0) / 2;
  };

  // The centre of gravity of rings, and their area.
  board.centroid = function (rings) {
    var x = 0, y = 0, sum = 0, ox = rings[0][0], oy = rings[0][1];
    rings.forEach(function (ring) {
      for (var i = 2; i < ring.length; i += 2) {
        var ax = ring[i - 2] - ox, ay = ring[i - 1] - oy, bx = ring[i] - ox, by = ring[i + 1] - oy, w = ax * by - bx * ay;
        x += (ax + bx) * w;
        y += (ay + by) * w;
        sum += w;
      }
    });
    return sum ? [ox + x / sum / 3, oy + y / sum / 3, sum / 2] : [ox, oy, 0];
  };

  // A point inside: the centre of gravity, or the middle of the widest stretch across the middle.
  function pointInside(rings, box) {
    var c = board.centroid(rings);
    if (board.inside(rings, c[0], c[1])) return [c[0], c[1]];
    var best = [c[0], c[1]], wide = 0;
    [0.5, 0.35, 0.65, 0.2, 0.8].forEach(function (share) {
      var y = box[1] + (box[3] - box[1]) * share + 0.0137, hits = [];
      rings.forEach(function (ring) {
        for (var i = 2; i < ring.length; i += 2) {
          var a = ring[i - 1], b = ring[i + 1];
          if (a > y !== b > y) hits.push((ring[i] - ring[i - 2]) * (y - a) / (b - a) + ring[i - 2]);
        }
      });
      hits.sort(function (a, b) { return a - b; });
      for (var k = 1; k < hits.length; k += 2) {
        if (hits[k] - hits[k - 1] > wide) { wide = hits[k] - hits[k - 1]; best = [(hits[k] + hits[k - 1]) / 2, y]; }
      }
    });
    return best;
  }

  // ---- the ground of a state

  function readRings(state, document) {
    var said = document.rings, ring = 0, ref = 0;
    state.ground.refs = said.atom.map(function (n) {
      var out = [];
      for (; n > 0; n--, ring++) out.push(said.refs.slice(ref, ref += said.arcs[ring]));
      return out;
    });
    state.ground.refs.forEach(function (rings, atom) {
      rings.forEach(function (refs) {
        refs.forEach(function (one) {
          var arc = state.arcs[one < 0 ? ~one : one], side = one < 0 ? "right" : "left";
          if (arc[side] < 0) arc[side] = atom;
        });
      });
    });
  }

  // Takes an atom into the index; its outline must be there.
  function put(state, atom) {
    var ground = state.ground, area = 0, length = 0;
    ground.refs[atom].forEach(function (ring) {
      ring.forEach(function (ref) {
        var arc = state.arcs[ref < 0 ? ~ref : ref];
        area += ref < 0 ? -arc.swept : arc.swept;
        length += arc.length;
      });
    });
    state.atoms.area[atom] = area / 2;
    state.atoms.length[atom] = length;
    ground.boxes[atom] = boxOf(state, atom);
    ground.points[atom] = null;
    cells(ground.boxes[atom], function (key) {
      var cell = ground.index.get(key);
      if (cell) cell.push(atom); else ground.index.set(key, [atom]);
    });
  }
  board.putGround = put;

  // Takes the last atom out again.
  board.dropGround = function (state, atom) {
    var ground = state.ground;
    cells(ground.boxes[atom], function (key) {
      var cell = ground.index.get(key);
      cell.splice(cell.indexOf(atom), 1);
    });
    [ground.boxes, ground.points, ground.refs, state.atoms.area, state.atoms.length].forEach(function (list) {
      list.length = atom;
    });
  };

  board.readGround = function (state, document) {
    var unit = document.unit, ground = state.ground = { boxes: [], points: [], index: new Map(), refs: [] };
    state.origin = document.origin;
    state.tolerance = document.tolerance;
    state.arcs = unpacked(document.arcs.count, document.arcs.xy, unit).map(function (xy) { return board.arc(xy, -1, -1); });
    state.rough = new Set(document.rough);
    state.refs = function (atom) { return ground.refs[atom]; };
    state.rings = function (atom) { return ground.refs[atom].map(function (refs) { return ringOf(state, refs); }); };
    state.bbox = function (atom) { return ground.boxes[atom]; };
    state.centre = function (atom) {
      if (!ground.points[atom]) {
        var rings = state.rings(atom);
        ground.points[atom] = rings.length ? pointInside(rings, ground.boxes[atom]) : [0, 0];
      }
      return ground.points[atom];
    };
    readRings(state, document);
    document.atoms.id.forEach(function (_, atom) { put(state, atom); });
    state.at = function (x, y) {
      var cell = ground.index.get(Math.floor(x / CELL) + ":" + Math.floor(y / CELL)) || [];
      for (var i = 0; i < cell.length; i++) {
        var box = ground.boxes[cell[i]];
        if (state.atoms.gone[cell[i]] || x < box[0] || x > box[2] || y < box[1] || y > box[3]) continue;
        if (board.inside(state.rings(cell[i]), x, y)) return cell[i];
      }
      return -1;
    };
    state.within = function (x0, y0, x1, y1) {
      var found = [];
      for (var atom = 0; atom < ground.boxes.length; atom++) {
        var box = ground.boxes[atom];
        if (!state.atoms.gone[atom] && box[0] <= x1 && box[2] >= x0 && box[1] <= y1 && box[3] >= y0) found.push(atom);
      }
      return found;
    };
    var said = document.lines;
    state.lines = said ? unpacked(said.count, said.xy, unit).map(function (xy, i) { return { kind: said.kind[i], xy: xy }; }) : [];
  };
})();
