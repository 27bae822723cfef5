// Cutting an atom as gridkit/grids/cutting.py does: the page knows outlines to the decimetre only, so it refuses what it
// cannot be sure of, namely how many pieces there are and which of them comes first.
(function () {
  "use strict";
  var board = gk.board = gk.board || {};
  var BESIDE = 2;      // metres: pieces whose centres are as far west as that are ordered from north to south
  var REACH = 40;      // metres by which the end of a line may be drawn out to reach the border
  var BEYOND = 0.5;    // metres that a line is drawn out beyond the border
  var SLIVER = 4;      // square metres below which what is cut off is no piece
  var SMALLEST = 6;    // square metres of a piece of which the page is sure
  var MOST = 8;        // pieces of one cut

  // How far an outline may be from what it is: the units of the page, and what it was simplified by.
  function slack(state) { return 0.1 + 1.5 * state.tolerance; }

  // Whole numbers that add up to ``total``, in proportion to the weights: largest remainders, then the first.
  board.sharedOut = function (total, weights) {
    var sum = weights.reduce(function (a, b) { return a + b; }, 0), left = total;
    var weight = sum ? weights : weights.map(function () { return 1; });
    if (!sum) sum = weight.length;
    var exact = weight.map(function (one) { return total * one / sum; });
    var whole = exact.map(function (one) { left -= Math.floor(one); return Math.floor(one); });
    exact.map(function (one, i) { return [whole[i] - one, i]; })
      .sort(function (a, b) { return a[0] - b[0] || a[1] - b[1]; })
      .slice(0, left).forEach(function (one) { whole[one[1]]++; });
    return whole;
  };

  // Why an atom may not be cut, "" where it may.
  board.canCut = function (state, atom) {
    if (!(atom >= 0 && atom < state.count) || state.atoms.gone[atom]) return "no_atom";
    var kind = state.atoms.kind[atom], norm = state.normOf(state.atoms.community[atom]);
    var size = state.atoms[norm.measure][atom];
    if (kind === "exclusive" || (kind === "compound" || kind === "part") && size <= norm.high) return "kept_whole";
    return state.rough.has(atom) ? "cut_rough" : "";
  };

  // ---- pieces

  function outlineOf(state, atom) {
    var arcs = [];
    state.refs(atom).forEach(function (ring) {
      ring.forEach(function (ref) {
        var at = ref < 0 ? ~ref : ref;
        arcs.push({ arc: at, xy: state.arcs[at].xy, left: ref >= 0 });
      });
    });
    return { arcs: arcs, rings: state.rings(atom) };
  }

  // Paths of one segment each, in metres from the origin of the board.
  function segments(state, lines, dx, dy) {
    var out = [], x = state.origin[0] - dx, y = state.origin[1] - dy;
    lines.forEach(function (line) {
      for (var i = 1; i < line.length; i++) {
        out.push([line[i - 1][0] - x, line[i - 1][1] - y, line[i][0] - x, line[i][1] - y]);
      }
    });
    return out;
  }

  function isLines(lines) {
    return Array.isArray(lines) && lines.length > 0 && lines.length < 50 && lines.every(function (line) {
      return Array.isArray(line) && line.length > 1 && line.length < 2000 && line.every(function (point) {
        return Array.isArray(point) && point.length === 2 && point.every(Number.isFinite);
      });
    });
  }

  // West to east, pieces beside each other from north to south; ``clear`` where no small difference turns two round.
  function ordered(pieces, loose) {
    var rows = [], clear = true;
    pieces.slice().sort(function (a, b) { return a.centre[0] - b.centre[0]; }).forEach(function (one, i, all) {
      var gap = i ? one.centre[0] - all[i - 1].centre[0] : Infinity;
      if (Math.abs(gap - BESIDE) < loose) clear = false;
      if (gap > BESIDE) rows.push([]);
      rows[rows.length - 1].push(one);
    });
    rows.forEach(function (row) {
      row.sort(function (a, b) { return b.centre[1] - a.centre[1]; });
      for (var i = 1; i < row.length; i++) if (row[i - 1].centre[1] - row[i].centre[1] < loose) clear = false;
    });
    return { pieces: [].concat.apply([], rows), clear: clear };
  }

  // Metres from a point to the border of an outline.
  function toBorder(rings, x, y) {
    var least = Infinity;
    rings.forEach(function (ring) {
      for (var i = 2; i < ring.length; i += 2) {
        var ax = ring[i - 2], ay = ring[i - 1], dx = ring[i] - ax, dy = ring[i + 1] - ay, long = dx * dx + dy * dy;
        var t = long ? Math.max(0, Math.min(1, ((x - ax) * dx + (y - ay) * dy) / long)) : 0;
        least = Math.min(least, Math.hypot(ax + t * dx - x, ay + t * dy - y));
      }
    });
    return least;
  }

  // Whether every line begins and ends outside, far enough from the border to be there in Python as well.
  function endsOutside(state, rings, lines, loose) {
    return lines.every(function (line) {
      return [line[0], line[line.length - 1]].every(function (point) {
        var x = point[0] - state.origin[0], y = point[1] - state.origin[1];
        return !board.inside(rings, x, y) && toBorder(rings, x, y) > loose;
      });
    });
  }

  // Whether a line runs along a border for a while: where borders are simplified, it may cross the true one there again.
  function along(state, rings, lines, loose) {
    return state.tolerance > 0 && segments(state, lines, 0, 0).some(function (one) {
      var dx = one[2] - one[0], dy = one[3] - one[1], n = Math.ceil(Math.hypot(dx, dy) / loose * 2), run = 0;
      for (var i = 0; i <= n; i++) {
        run = toBorder(rings, one[0] + dx * i / n, one[1] + dy * i / n) < loose ? run + 1 : 0;
        if (run > 8) return true;
      }
      return false;
    });
  }

  // Whether the pieces are all of the land: every stretch of a border has its piece, every cut one on both sides.
  function complete(found, area) {
    var seen = new Map(), sum = 0;
    found.pieces.forEach(function (piece) {
      sum += piece.area;
      piece.halves.forEach(function (ring) {
        ring.forEach(function (half) { seen.set(half.path, (seen.get(half.path) || 0) + 1); });
      });
    });
    return Math.abs(sum - area) < 0.01 + 1e-6 * area && found.cuts.every(function (one) { return seen.get(one) === 2; }) &&
      found.borders.every(function (one) { return seen.get(one) === 1; });
  }

  // The faces of an atom under lines that cut it without any doubt; refuses others.
  function clearFaces(state, atom, lines) {
    var outline = outlineOf(state, atom), loose = slack(state);
    var found = board.faces(outline.arcs, outline.rings, segments(state, lines, 0, 0)), n = found.pieces.length;
    if (n < 2) board.refuse("cut_misses", {});
    if (n > MOST) board.refuse("cut_many", { n: n });
    var small = found.pieces.some(function (one) { return one.area < SMALLEST + 10 * loose; });
    var moved = [[1, 1], [1, -1], [-1, 1], [-1, -1]].some(function (by) {
      var lines2 = segments(state, lines, by[0] * loose, by[1] * loose);
      return board.faces(outline.arcs, outline.rings, lines2).pieces.length !== n;
    });
    var order = ordered(found.pieces, 2 * loose);
    var out = endsOutside(state, outline.rings, lines, 2 * loose);
    var whole = complete(found, state.atoms.area[atom]) && !along(state, outline.rings, lines, loose);
    if (small || moved || !out || !order.clear || !whole) board.refuse("cut_unclear", {});
    found.pieces = order.pieces;
    return found;
  }

  // The faces of a cut that Python has made already: as many as it says, each at the place that it says.
  function knownFaces(state, atom, lines, known) {
    var outline = outlineOf(state, atom);
    var found = board.faces(outline.arcs, outline.rings, segments(state, lines, 0, 0));
    found = board.withoutSlivers(found, SLIVER);
    var rest = found.pieces.slice();
    if (rest.length !== known.centres.length || !complete(found, state.atoms.area[atom])) board.refuse("cut_unclear", {});
    found.pieces = known.centres.map(function (centre) {
      var x = centre[0] - state.origin[0], y = centre[1] - state.origin[1];
      rest.sort(function (a, b) {
        return Math.hypot(b.centre[0] - x, b.centre[1] - y) - Math.hypot(a.centre[0] - x, a.centre[1] - y);
      });
      return rest.pop();
    });
    return found;
  }

  // ---- the cut in the plan

  function wholeNumber(value) {
    if (typeof value === "boolean") return +value;
    if (typeof value === "string" && /^\s*[+-]?\d+\s*$/.test(value)) return parseInt(value, 10);
    return typeof value === "number" && isFinite(value) ? Math.trunc(value) : NaN;
  }

  function sizesOf(total, pieces, said) {
    if (!Array.isArray(said)) board.refuse("argument", { op: "cut", what: "households" });
    if (!said.length) {
      // shares by area hang on centimetres that the page does not know
      if (total) board.refuse("cut_unclear", {});
      return pieces.map(function () { return 0; });
    }
    var sizes = said.map(wholeNumber), sum = sizes.reduce(function (a, b) { return a + b; }, 0);
    if (sizes.length !== pieces.length || sum !== total || sizes.some(function (n) { return !(n >= 0); })) {
      board.refuse("argument", { op: "cut", what: "households" });
    }
    return sizes;
  }

  // Puts the new borders in the place of the old ones and returns what takes them back.
  function cutArcs(state, atom, found, first) {
    var back = [], arcs = state.arcs, start = arcs.length, by = new Map();
    var pieceOf = new Map();
    found.pieces.forEach(function (piece, k) {
      piece.halves.forEach(function (ring) {
        ring.forEach(function (half) {
          var sides = pieceOf.get(half.path) || {};
          sides[half.forward] = first + k;
          pieceOf.set(half.path, sides);
        });
      });
    });
    found.borders.forEach(function (one) { (by.get(one.arc) || by.set(one.arc, []).get(one.arc)).push(one); });
    by.forEach(function (paths, at) {
      var old = arcs[at], mine = paths[0].left ? "left" : "right", other = paths[0].left ? old.right : old.left;
      if (paths.length === 1) {
        paths[0].ref = at;
        old[mine] = pieceOf.get(paths[0])[paths[0].left];
        back.push(function () { old[mine] = atom; });
        return;
      }
      paths.forEach(function (path) {
        var piece = pieceOf.get(path)[path.left];
        path.ref = arcs.length;
        arcs.push(board.arc(path.xy, path.left ? piece : other, path.left ? other : piece));
      });
      arcs[at] = null;
      back.push(function () { arcs[at] = old; });
      if (other >= 0) back.push(replaced(state, other, at, paths.map(function (path) { return path.ref; })));
    });
    found.cuts.forEach(function (path) {
      var sides = pieceOf.get(path);
      path.ref = arcs.length;
      arcs.push(board.arc(path.xy, sides[true], sides[false]));
    });
    back.unshift(function () { arcs.length = start; });
    return back;
  }

  function replaced(state, other, at, refs) {
    var all = state.ground.refs, before = all[other], against = refs.map(function (ref) { return ~ref; }).reverse();
    all[other] = before.map(function (ring) {
      return [].concat.apply([], ring.map(function (ref) { return ref === at ? refs : ref === ~at ? against : [ref]; }));
    });
    return function () { all[other] = before; };
  }

  function cutEdges(state, atom, found, first) {
    var e = state.edges, off = (e.of[atom] || []).filter(function (at) { return e.on[at]; }), road = new Map();
    off.forEach(function (at) {
      road.set(e.a[at] === atom ? e.b[at] : e.a[at], e.road[at] / Math.max(e.length[at], 1e-9));
      e.on[at] = 0;
    });
    var sums = new Map(), community = state.atoms.community, added = 0;
    found.borders.concat(found.cuts).forEach(function (path) {
      var arc = state.arcs[path.ref], a = Math.min(arc.left, arc.right), b = Math.max(arc.left, arc.right);
      if (a < 0 || a === b || community[a] !== community[b] || b < first) return;
      if (!sums.has(b)) sums.set(b, new Map());
      sums.get(b).set(a, (sums.get(b).get(a) || 0) + arc.length);
    });
    sums.forEach(function (others, b) {
      others.forEach(function (length, a) {
        board.addEdge(state, a, b, length, length * (road.get(a) || 0));
        added++;
      });
    });
    return function () {
      for (; added > 0; added--) board.dropEdge(state);
      off.forEach(function (at) { e.on[at] = 1; });
    };
  }

  function addPiece(state, atom, id, values) {
    var atoms = state.atoms, at = atoms.id.length;
    atoms.id.push(id);
    atoms.kind.push(atoms.kind[atom] === "compound" ? "part" : atoms.kind[atom]);
    ["community", "compound", "name", "known"].forEach(function (name) { atoms[name].push(atoms[name][atom]); });
    atoms.households.push(values.households);
    atoms.persons.push(values.persons);
    atoms.gone.push(false);
    state.atomAt.set(id, at);
    state.filed.push(state.filed[atom]);
    state.grid.push(state.grid[atom]);
    state.ground.refs[at] = values.refs;
    state.edges.of[at] = [];
    board.putGround(state, at);
    (state.grid[at] ? state.sets.get(state.grid[at]) : state.unassigned).add(at);
  }

  function dropPiece(state) {
    var atoms = state.atoms, at = atoms.id.length - 1;
    (state.grid[at] ? state.sets.get(state.grid[at]) : state.unassigned).delete(at);
    board.dropGround(state, at);
    state.atomAt.delete(atoms.id[at]);
    ["id", "kind", "community", "compound", "name", "known", "households", "persons", "gone"].forEach(function (name) {
      atoms[name].length = at;
    });
    [state.filed, state.grid, state.edges.of].forEach(function (list) { list.length = at; });
  }

  function present(state, atom, there) {
    var set = state.grid[atom] ? state.sets.get(state.grid[atom]) : state.unassigned;
    state.atoms.gone[atom] = !there;
    if (there) { set.add(atom); state.atomAt.set(state.atoms.id[atom], atom); return; }
    set.delete(atom);
    state.atomAt.delete(state.atoms.id[atom]);
  }

  // Cuts an atom; ``said`` is {lines, households, known}, known where Python has cut it before.
  board.cutAtom = function (state, atom, said, change) {
    if (!isLines(said.lines)) board.refuse("argument", { op: "cut", what: "lines" });
    var found = said.known ? knownFaces(state, atom, said.lines, said.known) : clearFaces(state, atom, said.lines);
    var areas = found.pieces.map(function (one) { return one.area; }), first = state.count, id = state.atoms.id[atom];
    var sizes = said.known ? said.known.households : sizesOf(state.atoms.households[atom], areas, said.households);
    var some = sizes.some(function (n) { return n > 0; });
    var persons = said.known ? said.known.persons : board.sharedOut(state.atoms.persons[atom], some ? sizes : areas);
    var ids = sizes.map(function (_, k) { return id + "~" + (k + 1); });
    if (ids.some(function (one) { return state.atomAt.has(one); })) board.refuse("argument", { op: "cut", what: ids[0] });
    present(state, atom, false);
    var back = cutArcs(state, atom, found, first);
    ids.forEach(function (one, k) {
      var refs = found.pieces[k].halves.map(function (ring) {
        return ring.map(function (half) { return half.forward ? half.path.ref : ~half.path.ref; });
      });
      addPiece(state, atom, one, { households: sizes[k], persons: persons[k], refs: refs });
      change.atoms.add(first + k);
    });
    var edges = cutEdges(state, atom, found, first);
    change.atoms.add(atom);
    change.grids.add(state.grid[atom]);
    change.back.push(function () {
      edges();
      ids.forEach(function () { dropPiece(state); });
      back.reverse().forEach(function (step) { step(); });
      present(state, atom, true);
    });
  };

  // ---- before the edit

  // The end of a line drawn out until it lies well beyond the border.
  function drawnOut(rings, from, to, beyond) {
    var dx = to[0] - from[0], dy = to[1] - from[1], long = Math.hypot(dx, dy), far = 0, x = to[0], y = to[1];
    while (long && (board.inside(rings, x, y) || toBorder(rings, x, y) < beyond)) {
      if ((far += 0.25) > REACH) board.refuse("cut_misses", {});
      x = to[0] + dx / long * far;
      y = to[1] + dy / long * far;
    }
    return [x, y];
  }

  function milli(x) { return Math.round(x * 1000) / 1000; }

  // What a cut would give: {lines, pieces, households, areas}, the lines with their ends drawn out beyond the border.
  board.cutPieces = function (state, atom, lines) {
    if (!isLines(lines)) board.refuse("argument", { op: "cut", what: "lines" });
    var why = board.canCut(state, atom);
    if (why) {
      board.refuse(why, why === "no_atom" ? { op: "cut", atom: String(atom) } : {
        op: "cut", atom: state.atoms.name[atom] || state.atoms.id[atom],
        high: state.normOf(state.atoms.community[atom]).high });
    }
    var rings = state.rings(atom), x = state.origin[0], y = state.origin[1];
    var drawn = lines.map(function (line) {
      var path = line.map(function (point) { return [point[0] - x, point[1] - y]; }), n = path.length;
      var beyond = BEYOND + 2 * slack(state);
      var start = drawnOut(rings, path[1], path[0], beyond), end = drawnOut(rings, path[n - 2], path[n - 1], beyond);
      path[0] = start;
      path[n - 1] = end;
      return path.map(function (point) { return [milli(point[0] + x), milli(point[1] + y)]; });
    });
    var pieces = clearFaces(state, atom, drawn).pieces, areas = pieces.map(function (one) { return one.area; });
    return { lines: drawn, pieces: pieces.map(function (one) { return one.rings; }), areas: areas,
      households: board.sharedOut(state.atoms.households[atom], areas) };
  };
})();
