// A plan in the page: which atom belongs to which grid, read from the document and asked by the other scripts.
(function () {
  "use strict";
  var board = gk.board = gk.board || {};

  // Why something cannot be done: a code and what its sentence needs; the words are the page's.
  function Refused(reason, params) {
    this.name = "Refused";
    this.reason = reason;
    this.params = params || {};
    this.message = reason + " " + JSON.stringify(this.params).slice(0, 300);
  }
  Refused.prototype = Object.create(Error.prototype);
  Refused.prototype.constructor = Refused;
  board.Refused = Refused;
  board.refuse = function (reason, params) { throw new Refused(reason, params); };

  function gridOf(row) {
    return { uid: row[0], code: row[1], name: row[2], kind: row[3], community: row[4], locked: row[5] === 1, valid_from: row[6] };
  }

  function gridMap(rows) { return new Map(rows.map(function (row) { return [row[0], gridOf(row)]; })); }

  function readAtoms(state, said, kinds) {
    state.atoms = { id: said.id.slice(), community: said.community.slice(),
      kind: said.kind.map(function (at) { return kinds[at]; }), compound: said.compound.slice(), name: said.name.slice(),
      households: said.households.slice(), persons: said.persons.slice(),
      known: said.known.map(function (one) { return one === 1; }), gone: said.id.map(function () { return false; }),
      area: [], length: [] };
    state.atomAt = new Map(said.id.map(function (id, at) { return [id, at]; }));
  }

  // ---- neighbours

  // Adds a border of two atoms; what was added last is taken off first.
  board.addEdge = function (state, a, b, length, road) {
    var e = state.edges, at = e.a.length;
    e.a.push(a); e.b.push(b); e.length.push(length); e.road.push(road); e.on.push(1);
    (e.of[a] = e.of[a] || []).push(at);
    (e.of[b] = e.of[b] || []).push(at);
  };

  board.dropEdge = function (state) {
    var e = state.edges, at = e.a.length - 1;
    e.of[e.a[at]].pop();
    e.of[e.b[at]].pop();
    [e.a, e.b, e.length, e.road, e.on].forEach(function (list) { list.pop(); });
  };

  // Atoms of one community are neighbours where they have an arc in common; the document names the exceptions.
  function readEdges(state, said, unit) {
    var n = state.atoms.id.length, sums = new Map(), community = state.atoms.community;
    state.arcs.forEach(function (arc) {
      var a = Math.min(arc.left, arc.right), b = Math.max(arc.left, arc.right);
      if (a < 0 || a === b || community[a] !== community[b]) return;
      sums.set(a * n + b, (sums.get(a * n + b) || 0) + arc.length);
    });
    var keys = Float64Array.from(sums.keys()).sort(), skip = new Set(said.not);
    state.edges = { a: [], b: [], length: [], road: [], on: [], of: state.atoms.id.map(function () { return []; }) };
    keys.forEach(function (key, at) {
      var length = sums.get(key);
      if (!skip.has(at)) board.addEdge(state, Math.floor(key / n), key % n, length, length * said.road[at] / 100);
    });
    said.also.forEach(function (one) { board.addEdge(state, one[0], one[1], one[2] * unit, one[3] * unit); });
    state.near = function (atom) {
      var e = state.edges, out = [];
      (e.of[atom] || []).forEach(function (at) {
        if (e.on[at]) out.push([e.a[at] === atom ? e.b[at] : e.a[at], e.length[at], e.road[at]]);
      });
      return out;
    };
  }

  // ---- grids

  // Gives an atom to a grid ("" for none).
  board.give = function (state, atom, uid) {
    var old = state.grid[atom];
    if (old) state.sets.get(old).delete(atom); else state.unassigned.delete(atom);
    state.grid[atom] = uid;
    if (uid) state.sets.get(uid).add(atom); else state.unassigned.add(atom);
  };

  board.read = function (document) {
    var state = { base: document.base, crs: document.crs, norm: document.norm, norms: document.norms, revision: 0,
      kinds: document.gridKinds };
    state.communities = document.communities.map(function (row) { return { code: row[0], name: row[1] }; });
    state.communityAt = new Map(state.communities.map(function (one, at) { return [one.code, at]; }));
    state.normOf = function (at) {
      var code = state.communities[at].code;
      return Object.prototype.hasOwnProperty.call(state.norms, code) ? state.norms[code] : state.norm;
    };
    readAtoms(state, document.atoms, document.kinds);
    state.landed = new Set(document.atoms.community.map(function (at) { return state.communities[at].code; }));
    state.sums = new Map();
    state.cuts = document.cuts || {};
    Object.defineProperty(state, "count", { get: function () { return state.atoms.id.length; } });
    board.readGround(state, document);
    readEdges(state, document.edges, document.unit);
    state.grids = gridMap(document.grids);
    state.sets = new Map();
    state.grids.forEach(function (_, uid) { state.sets.set(uid, new Set()); });
    state.unassigned = new Set();
    state.grid = document.assignment.map(function (at, atom) {
      var uid = at < 0 ? "" : document.grids[at][0];
      (uid ? state.sets.get(uid) : state.unassigned).add(atom);
      return uid;
    });
    var filed = document.filed || document;
    state.filedGrids = gridMap(filed.grids);
    // the same text for the same grid, so that comparing them is quick
    var same = new Map(document.grids.map(function (row) { return [row[0], row[0]]; }));
    var uids = filed.grids.map(function (row) { return same.get(row[0]) || row[0]; });
    state.filed = filed.assignment.map(function (at) { return at < 0 ? "" : uids[at]; });
    state.members = function (uid) { return state.sets.get(uid) || new Set(); };
    return state;
  };

  // Ids of atoms in the order of Python.
  board.idsOf = function (state, atoms) {
    return Array.from(atoms, function (atom) { return state.atoms.id[atom]; }).sort(board.byCode);
  };
})();
