// A grid in two: along a line that was drawn, or where it falls apart best. The same grid gives the same parts.
(function () {
  "use strict";
  var board = gk.board = gk.board || {};
  var TREES = 80;     // spanning trees that are tried
  var LARGE = 400;    // atoms above which fewer are

  // Numbers from 0 to 1 that begin the same each time (mulberry32).
  function random(seed) {
    return function () {
      seed = seed + 0x6d2b79f5 | 0;
      var t = Math.imul(seed ^ seed >>> 15, 1 | seed);
      t = t + Math.imul(t ^ t >>> 7, 61 | t) ^ t;
      return ((t ^ t >>> 14) >>> 0) / 4294967296;
    };
  }

  function membersOf(state, uid) {
    if (!state.grids.has(uid)) board.refuse("no_grid", { op: "split", grid: String(uid) });
    var atoms = Array.from(state.members(uid)).sort(function (a, b) {
      return board.byCode(state.atoms.id[a], state.atoms.id[b]);
    });
    if (atoms.length < 2) board.refuse("split_small", {});
    return atoms;
  }

  function sizer(state, uid) {
    var norm = board.normOfGrid(state, state.grids.get(uid)), sizes = state.atoms[norm.measure];
    return { norm: norm, of: function (part) { return part.reduce(function (sum, atom) { return sum + sizes[atom]; }, 0); } };
  }

  // Parts as an edit names them, the largest first: it keeps the grid's identity.
  function named(state, parts, size) {
    return parts.map(function (part) { return [size.of(part), part.length, board.idsOf(state, part)]; })
      .sort(function (a, b) { return b[0] - a[0] || b[1] - a[1] || board.byCode(a[2][0], b[2][0]); })
      .map(function (one) { return one[2]; });
  }

  // ---- along a line

  // Which side of a line a point lies on: that of the nearest stretch, whose ends go on for ever.
  function side(line, x, y) {
    var best = Infinity, found = 0;
    for (var i = 1; i < line.length; i++) {
      var ax = line[i - 1][0], ay = line[i - 1][1], dx = line[i][0] - ax, dy = line[i][1] - ay, long = dx * dx + dy * dy;
      if (!long) continue;
      var t = ((x - ax) * dx + (y - ay) * dy) / long;
      if (i > 1) t = Math.max(0, t);
      if (i < line.length - 1) t = Math.min(1, t);
      var far = Math.hypot(ax + t * dx - x, ay + t * dy - y);
      if (far < best - 1e-9) { best = far; found = dx * (y - ay) - dy * (x - ax); }
      // beside a bend two stretches are as near: the one that the point lies beside more squarely tells the side
      else if (far < best + 1e-9 && Math.abs(dx * (y - ay) - dy * (x - ax)) / Math.sqrt(long) > Math.abs(found)) {
        found = dx * (y - ay) - dy * (x - ax);
      }
    }
    return found;
  }

  board.splitLine = function (state, uid, line) {
    var atoms = membersOf(state, uid), size = sizer(state, uid), left = [], right = [];
    var good = Array.isArray(line) && line.length > 1 && line.every(function (point) {
      return Array.isArray(point) && point.length === 2 && point.every(Number.isFinite);
    });
    if (!good) board.refuse("argument", { op: "split", what: "line" });
    var path = line.map(function (point) { return [point[0] - state.origin[0], point[1] - state.origin[1]]; });
    atoms.forEach(function (atom) {
      var c = state.centre(atom);
      (side(path, c[0], c[1]) > 0 ? left : right).push(atom);
    });
    if (!left.length || !right.length) board.refuse("split_misses", {});
    var parts = board.piecesOf(state, left).concat(board.piecesOf(state, right));
    return { parts: named(state, parts, size), strays: parts.length - 2 };
  };

  // ---- in two

  function graphOf(state, atoms) {
    var place = new Map(atoms.map(function (atom, i) { return [atom, i]; })), edges = [];
    atoms.forEach(function (atom, i) {
      state.near(atom).forEach(function (near) {
        var j = place.get(near[0]);
        if (j !== undefined && i < j) edges.push({ a: i, b: j, bare: near[1] - near[2], road: near[1] ? near[2] / near[1] : 0 });
      });
    });
    return edges.sort(function (x, y) { return x.a - y.a || x.b - y.b; });
  }

  // A spanning tree in which borders along roads are seldom: [parents in the order of walking, order].
  function tree(n, edges, next) {
    var root = [], near = [], i;
    for (i = 0; i < n; i++) { root.push(i); near.push([]); }
    function home(x) { while (root[x] !== x) x = root[x] = root[root[x]]; return x; }
    edges.map(function (edge) { return [next() + edge.road, edge]; })
      .sort(function (x, y) { return x[0] - y[0] || x[1].a - y[1].a || x[1].b - y[1].b; })
      .forEach(function (pair) {
        var a = home(pair[1].a), b = home(pair[1].b);
        if (a === b) return;
        root[a] = b;
        near[pair[1].a].push(pair[1].b);
        near[pair[1].b].push(pair[1].a);
      });
    var parent = new Int32Array(n).fill(-1), order = [0];
    for (i = 0; i < order.length; i++) {
      near[order[i]].forEach(function (other) {
        if (other !== parent[order[i]]) { parent[other] = order[i]; order.push(other); }
      });
    }
    return { parent: parent, order: order };
  }

  function off(size, norm) { return size < norm.low ? norm.low - size : size > norm.high ? size - norm.high : 0; }

  // The border between the atoms of a branch and the others, away from roads.
  function bareBorder(edges, inside) {
    return edges.reduce(function (sum, edge) { return inside[edge.a] !== inside[edge.b] ? sum + edge.bare : sum; }, 0);
  }

  function branch(found, n, top) {
    var inside = new Uint8Array(n);
    found.order.forEach(function (i) { inside[i] = i === top || found.parent[i] >= 0 && inside[found.parent[i]] ? 1 : 0; });
    return inside;
  }

  function better(a, b) {
    for (var i = 0; i < a.length; i++) if (a[i] !== b[i]) return a[i] < b[i];
    return false;
  }

  function halves(state, atoms, size) {
    var n = atoms.length, edges = graphOf(state, atoms), next = random(n * 7919 + edges.length), best = null, least = [Infinity];
    var own = atoms.map(function (atom) { return size.of([atom]); });
    var total = size.of(atoms), fine = Math.max(1, Math.round(total / 20));
    for (var k = 0; k < (n > LARGE ? TREES / 4 : TREES); k++) {
      var found = tree(n, edges, next), sum = own.slice(), i;
      for (i = n - 1; i > 0; i--) sum[found.parent[found.order[i]]] += sum[found.order[i]];
      var tops = found.order.slice(1).map(function (top) {
        var rest = total - sum[top];
        return [off(sum[top], size.norm) + off(rest, size.norm), Math.round(Math.abs(sum[top] - rest) / fine), top];
      }).sort(function (x, y) { return x[0] - y[0] || x[1] - y[1] || x[2] - y[2]; });
      tops.slice(0, 4).forEach(function (one) {
        var inside = branch(found, n, one[2]), cost = [one[0], one[1], Math.round(bareBorder(edges, inside))];
        if (better(cost, least)) { least = cost; best = inside; }
      });
    }
    return [atoms.filter(function (_, i) { return best[i]; }), atoms.filter(function (_, i) { return !best[i]; })];
  }

  board.splitInTwo = function (state, uid) {
    var atoms = membersOf(state, uid), size = sizer(state, uid), apart = board.piecesOf(state, atoms);
    var parts = apart.length > 1 ? apart : halves(state, atoms, size);
    var sizes = parts.map(size.of).sort(function (a, b) { return b - a; });
    return { parts: named(state, parts, size), sizes: sizes,
      inside: sizes.every(function (n) { return off(n, size.norm) === 0; }) };
  };
})();
