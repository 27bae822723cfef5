// What grids hold and what is wrong with them, as gridkit/grids/totals.py and check.py: worked out for a grid when it is
// asked for, and kept until the grid is touched.
(function () {
  "use strict";
  var board = gk.board = gk.board || {};
  var mark = new Int32Array(0), stamp = 0, queue = [];

  // Numbers the atoms of a set by the piece in which they hang together, and returns how many pieces there are.
  function pieces(state, set) {
    var e = state.edges, n = 0;
    if (mark.length < state.count) { mark = new Int32Array(state.count + 1024); stamp = 0; }
    var uid = null;
    stamp++;
    set.forEach(function (atom) {
      if (mark[atom] === stamp) return;
      if (uid === null) uid = state.grid[atom];
      n++;
      mark[atom] = stamp;
      queue.push(atom);
      while (queue.length) {
        var one = queue.pop(), of = e.of[one];
        for (var i = 0; i < of.length; i++) {
          var at = of[i];
          if (!e.on[at]) continue;
          var other = e.a[at] === one ? e.b[at] : e.a[at];
          if (mark[other] !== stamp && state.grid[other] === uid && !state.atoms.gone[other]) {
            mark[other] = stamp;
            queue.push(other);
          }
        }
      }
    });
    return n;
  }

  // The pieces of a set of atoms that hang together: arrays of atoms, that with most households first.
  board.piecesOf = function (state, set) {
    var left = new Set(set), out = [];
    while (left.size) {
      var one = [left.values().next().value];
      left.delete(one[0]);
      for (var i = 0; i < one.length; i++) {
        state.near(one[i]).forEach(function (near) { if (left.delete(near[0])) one.push(near[0]); });
      }
      out.push(one);
    }
    function weight(piece) { return piece.reduce(function (sum, atom) { return sum + state.atoms.households[atom]; }, 0); }
    return out.map(function (piece) { return [weight(piece), piece.sort(function (a, b) { return a - b; })]; })
      .sort(function (a, b) { return b[0] - a[0] || b[1].length - a[1].length || a[1][0] - b[1][0]; })
      .map(function (pair) { return pair[1]; });
  };

  function measured(state, uid, set) {
    var atoms = state.atoms, e = state.edges;
    var out = blank();
    out.atoms = set.size;
    var grid = state.grids.get(uid), home = grid ? state.communityAt.get(grid.community) : -1;
    set.forEach(function (atom) {
      out.households += atoms.households[atom];
      out.persons += atoms.persons[atom];
      out.area_m2 += atoms.area[atom];
      out.length_m += atoms.length[atom];
      if (!atoms.known[atom] && atoms.kind[atom] !== "land") out.unknown++;
      if (grid && atoms.community[atom] !== home) out.strange = true;
      var more = out.seat < 0 ? 1 : atoms.households[atom] - atoms.households[out.seat];
      if (more > 0 || more === 0 && atom < out.seat) out.seat = atom;
      for (var of = e.of[atom], i = 0; i < of.length; i++) {
        var at = of[i];
        // a border inside the grid is met from both of its sides
        if (e.on[at] && state.grid[e.a[at]] === uid && state.grid[e.b[at]] === uid) out.length_m -= e.length[at];
      }
    });
    out.pieces = pieces(state, set);
    return out;
  }

  function outside(size, norm) { return size < norm.low ? size - norm.low : size > norm.high ? size - norm.high : 0; }

  // The figures of a grid, of all unassigned land for "".
  board.totals = function (state, uid) {
    var found = state.sums.get(uid);
    if (found) return found;
    return keep(state, uid, measured(state, uid, uid ? state.members(uid) : state.unassigned));
  };

  // What follows from the sums of a grid, and the sums themselves until the grid is touched.
  function keep(state, uid, found) {
    var grid = state.grids.get(uid), norm = grid ? normOf(state, grid) : state.norm;
    found.length_m = Math.max(0, found.length_m);
    found.compactness = found.length_m ? 4 * Math.PI * found.area_m2 / (found.length_m * found.length_m) : null;
    found.size = found[norm.measure];
    found.outside = grid && grid.kind === "comprehensive" ? outside(found.size, norm) : 0;
    state.sums.set(uid, found);
    return found;
  }

  function normOf(state, grid) {
    var at = state.communityAt.get(grid.community);
    return at === undefined ? state.norm : state.normOf(at);
  }
  board.normOfGrid = normOf;

  // ---- all at once

  function root(up, x) {
    while (up[x] !== x) x = up[x] = up[up[x]];
    return x;
  }

  function blank() {
    return { atoms: 0, households: 0, persons: 0, area_m2: 0, length_m: 0, unknown: 0, pieces: 0, seat: -1, strange: false };
  }

  // Works out the figures of every grid in one walk over atoms and borders: for a whole city that is quicker than grid
  // by grid, and gives the same.
  function measureAll(state) {
    var n = state.count, at = new Int32Array(n).fill(-1), up = new Int32Array(n), number = new Map(), rows = [], homes = [];
    var atoms = state.atoms, e = state.edges, i, row;
    state.grids.forEach(function (grid, uid) {
      number.set(uid, rows.length);
      rows.push(blank());
      homes.push(state.communityAt.get(grid.community));
    });
    for (i = 0; i < n; i++) {
      up[i] = i;
      if (atoms.gone[i] || !state.grid[i]) continue;
      at[i] = number.get(state.grid[i]);
      row = rows[at[i]];
      row.atoms++;
      row.pieces++;
      row.households += atoms.households[i];
      row.persons += atoms.persons[i];
      row.area_m2 += atoms.area[i];
      row.length_m += atoms.length[i];
      if (!atoms.known[i] && atoms.kind[i] !== "land") row.unknown++;
      if (atoms.community[i] !== homes[at[i]]) row.strange = true;
      if (row.seat < 0 || atoms.households[i] > atoms.households[row.seat]) row.seat = i;
    }
    for (i = 0; i < e.a.length; i++) {
      var a = e.a[i], b = e.b[i];
      if (!e.on[i] || at[a] < 0 || at[a] !== at[b]) continue;
      row = rows[at[a]];
      row.length_m -= 2 * e.length[i];
      a = root(up, a);
      b = root(up, b);
      if (a !== b) { up[a] = b; row.pieces--; }
    }
    state.grids.forEach(function (_, uid) { keep(state, uid, rows[number.get(uid)]); });
  }

  // Where most grids were touched, all are worked out at once.
  function ready(state) { if (state.sums.size * 2 < state.grids.size) measureAll(state); }

  // ---- sums

  function empty(code, name) {
    return { code: code, name: name, grids: 0, in_band: 0, judged: 0, below: 0, above: 0, broken: 0, empty: 0, unassigned: 0,
      unassigned_households: 0, households: 0, persons: 0, atoms: 0, contiguous: 0, locked: 0 };
  }

  // Sums of every community, and of the city under "".
  board.sums = function (state) {
    if (state.summed && state.summed.revision === state.revision) return state.summed.by;
    ready(state);
    var city = empty("", ""), by = new Map([["", city]]), atoms = state.atoms;
    var rows = state.communities.map(function (one) {
      var row = empty(one.code, one.name);
      by.set(one.code, row);
      return row;
    });
    for (var atom = 0; atom < state.count; atom++) {
      if (atoms.gone[atom]) continue;
      var row = rows[atoms.community[atom]];
      row.atoms++;
      row.households += atoms.households[atom];
      row.persons += atoms.persons[atom];
      if (!state.grid[atom]) { row.unassigned++; row.unassigned_households += atoms.households[atom]; }
    }
    state.grids.forEach(function (grid, uid) {
      var row = by.get(grid.community), sum = board.totals(state, uid);
      if (!row || !grid.community) return;
      row.grids++;
      row.locked += grid.locked;
      if (!sum.atoms) { row.empty++; return; }
      if (sum.pieces > 1) row.broken++; else row.contiguous++;
      if (grid.kind !== "comprehensive") return;
      row.judged++;
      row[sum.outside < 0 ? "below" : sum.outside > 0 ? "above" : "in_band"]++;
    });
    rows.forEach(function (row) {
      Object.keys(city).forEach(function (name) { if (typeof city[name] === "number") city[name] += row[name]; });
    });
    state.summed = { revision: state.revision, by: by };
    return by;
  };

  // Whatever is wrong: unassigned land, grids that fall apart, leave the band, are empty or hold land of another community.
  board.problems = function (state) {
    if (state.found && state.found.revision === state.revision) return state.found.list;
    ready(state);
    var list = [], atoms = state.atoms;
    state.unassigned.forEach(function (atom) {
      list.push({ code: "unassigned", uid: "", atom: atom, community: board.codeOf(state, atom), n: atoms.households[atom] });
    });
    state.grids.forEach(function (grid, uid) {
      var sum = board.totals(state, uid);
      function add(code, n) { list.push({ code: code, uid: uid, atom: sum.seat, community: grid.community, n: n }); }
      if (!sum.atoms) { add("empty", 0); return; }
      if (sum.strange) add("strange", 0);
      if (sum.pieces > 1) add("broken", sum.pieces);
      if (sum.outside < 0) add("below", -sum.outside);
      if (sum.outside > 0) {
        var norm = normOf(state, grid);
        add(sum.atoms === 1 || atoms[norm.measure][sum.seat] > norm.high ? "too_large" : "above", sum.outside);
      }
    });
    var order = ["unassigned", "strange", "broken", "above", "too_large", "below", "empty"];
    var rank = {};
    order.forEach(function (code, i) { rank[code] = i; });
    // communities are listed in the order of their codes
    function place(one) { return (state.communityAt.has(one.community) ? state.communityAt.get(one.community) : -1) * 10 + rank[one.code]; }
    list.map(function (one) { return [place(one), one]; }).sort(function (a, b) {
      return a[0] - b[0] || board.byCode(a[1].uid, b[1].uid) || a[1].atom - b[1].atom;
    }).forEach(function (pair, i) { list[i] = pair[1]; });
    state.found = { revision: state.revision, list: list };
    return list;
  };

  // ---- against the filed plan

  // Grids that differ from the filed plan, with what came and what left.
  board.pending = function (state) {
    if (state.changed && state.changed.revision === state.revision) return state.changed.list;
    var rows = new Map(), atoms = state.atoms, moved = { atoms: 0, households: 0, persons: 0 };
    function rowOf(uid) {
      if (rows.has(uid)) return rows.get(uid);
      var now = state.grids.get(uid), old = state.filedGrids.get(uid), said = now || old;
      var row = { uid: uid, code: said.code, name: said.name, community: said.community,
        status: !old ? "new" : !now ? "gone" : "changed", atoms_in: 0, atoms_out: 0, households_in: 0, households_out: 0,
        persons_in: 0, persons_out: 0, kind_from: old ? old.kind : "", kind_to: now ? now.kind : "" };
      rows.set(uid, row);
      return row;
    }
    function add(uid, atom, way) {
      if (!uid) return;
      var row = rowOf(uid);
      row["atoms_" + way]++;
      row["households_" + way] += atoms.households[atom];
      row["persons_" + way] += atoms.persons[atom];
    }
    for (var atom = 0; atom < state.count; atom++) {
      if (atoms.gone[atom] || state.grid[atom] === state.filed[atom]) continue;
      add(state.grid[atom], atom, "in");
      add(state.filed[atom], atom, "out");
      moved.atoms++;
      moved.households += atoms.households[atom];
      moved.persons += atoms.persons[atom];
    }
    state.grids.forEach(function (grid, uid) {
      var old = state.filedGrids.get(uid);
      if (!old || old.kind !== grid.kind || old.name !== grid.name) rowOf(uid);
    });
    state.filedGrids.forEach(function (_, uid) { if (!state.grids.has(uid)) rowOf(uid); });
    var list = Array.from(rows.values()).sort(function (a, b) {
      return board.byCode(a.community, b.community) || board.byCode(a.code, b.code) || board.byCode(a.uid, b.uid);
    });
    state.changed = { revision: state.revision, list: list, moved: moved };
    return list;
  };

  board.moved = function (state) { board.pending(state); return state.changed.moved; };
})();
