// Runs in the page of tests/browser/test_board_language.py: the shared cases, and a long session at random.
window.boardTest = (function () {
  "use strict";
  var board = gk.board;

  function named(value, created) {
    if (typeof value === "string") return /^\$\d+$/.test(value) ? created[+value.slice(1) - 1] : value;
    if (Array.isArray(value)) return value.map(function (one) { return named(one, created); });
    if (value === null || typeof value !== "object") return value;
    var out = {};
    Object.keys(value).forEach(function (key) { out[key] = named(value[key], created); });
    return out;
  }

  function facts(state) {
    var out = { members: {}, unassigned: board.idsOf(state, state.unassigned), grids: [], locked: [], rows: {}, atoms: {},
      near: {} };
    state.grids.forEach(function (grid, uid) {
      out.grids.push(uid);
      out.members[uid] = board.idsOf(state, state.members(uid));
      if (grid.locked) out.locked.push(uid);
      out.rows[uid] = grid;
    });
    state.atomAt.forEach(function (at, id) {
      var a = state.atoms;
      out.atoms[id] = { households: a.households[at], persons: a.persons[at], kind: a.kind[at], compound: a.compound[at] };
      out.near[id] = {};
      state.near(at).forEach(function (near) { out.near[id][a.id[near[0]]] = near[1]; });
    });
    return out;
  }

  function clock() { return "2026-11-20T08:00:00"; }

  // One case: {said, facts, created, text}.
  function run(document, edits) {
    var session = board.session(document, { now: clock, user: "u" }), created = [], said = null, early = false;
    edits.forEach(function (edit, i) {
      try {
        if (edit.op === "undo") session.undo();
        else created = created.concat(session.do(edit.op, named(edit.args, created), { reason: "r" }).created);
      } catch (error) {
        if (!(error instanceof board.Refused)) throw error;
        said = error.reason;
        early = i < edits.length - 1;
      }
    });
    return { said: said, early: early, facts: facts(session.state), created: created, text: session.save() };
  }

  // ---- at random

  function random(seed) {
    return function (n) {
      seed = Math.imul(seed, 1664525) + 1013904223 | 0;
      return Math.floor((seed >>> 8) / 16777216 * n);
    };
  }

  function pick(list, next) { return list[next(list.length)]; }

  var DRAWN = {
    move: function (session, next, uids) {
      var state = session.state, atom = next(state.count), near = state.atoms.gone[atom] ? [] : state.near(atom);
      var to = near.length ? state.grid[pick(near, next)[0]] : "";
      return { atoms: [state.atoms.id[atom]], to: next(12) ? to : "" };
    },
    merge: function (session, next, uids) { return { grids: [pick(uids, next), pick(uids, next)], into: pick(uids, next) }; },
    split: function (session, next, uids) {
      var uid = pick(uids, next), o = session.state.origin, seat = session.totals(uid).seat, box = session.state.bbox(seat);
      if (seat < 0 || next(2)) return { grid: uid, parts: board.splitInTwo(session.state, uid).parts };
      var line = [[o[0] + box[0], o[1] + box[1]], [o[0] + box[2], o[1] + box[3]]];
      return { grid: uid, parts: board.splitLine(session.state, uid, line).parts };
    },
    cut: function (session, next) {
      var state = session.state, some = [];
      for (var i = 0; i < state.count; i++) if (!board.canCut(state, i)) some.push(i);
      var atom = pick(some, next), c = state.centre(atom), o = state.origin, turn = next(628) / 100;
      var dx = Math.cos(turn) * 60, dy = Math.sin(turn) * 60;
      var found = board.cutPieces(state, atom, [[[o[0] + c[0] - dx, o[1] + c[1] - dy], [o[0] + c[0] + dx, o[1] + c[1] + dy]]]);
      return { atom: state.atoms.id[atom], lines: found.lines, households: found.households };
    },
    "new": function (session, next) {
      var state = session.state, atom = next(state.count);
      return { community: board.codeOf(state, atom), kind: pick(state.kinds, next), atoms: next(3) ? [state.atoms.id[atom]] : [] };
    },
    retire: function (session, next, uids) {
      return { grid: uids.find(function (uid) { return !session.state.members(uid).size; }) || pick(uids, next) };
    },
    set_kind: function (session, next, uids) { return { grid: pick(uids, next), kind: pick(session.state.kinds, next) }; },
    lock: function (session, next, uids) { return { grid: pick(uids, next) }; },
    unlock: function (session, next) { return {}; },
    rename: function (session, next, uids) { return { grid: pick(uids, next), name: pick(["", "=1+1", "<b>网格", "联系 13900000000"], next) }; }
  };
  var OPS = Object.keys(DRAWN).concat(["move", "move", "move", "move", "split", "new", "cut", "cut", "unlock", "undo", "undo"]);

  // A session of so many lines, all legal: {text, facts, assignment, tried, ops, pieces}.
  function session(document, lines, seed) {
    var one = board.session(document, { now: clock, user: "u" }), next = random(seed), tried = 0, ops = {}, refused = {};
    while (one.lines.length < lines && tried++ < lines * 20) {
      var op = one.canRedo && next(2) ? "redo" : pick(OPS, next), uids = Array.from(one.state.grids.keys()).sort(board.byCode);
      try {
        if (op === "undo") one.undo();
        else if (op === "redo") one.redo();
        else one.do(op, DRAWN[op](one, next, uids), { reason: "理由 13900000000" });
        ops[op] = (ops[op] || 0) + 1;
      } catch (error) {
        if (!(error instanceof board.Refused)) throw error;
        refused[op + " " + error.reason] = (refused[op + " " + error.reason] || 0) + 1;
      }
    }
    var figures = {};
    one.state.grids.forEach(function (_, uid) { figures[uid] = one.totals(uid); });
    return { session: one, text: one.save(), facts: facts(one.state), assignment: one.assignment(), tried: tried, ops: ops, refused: refused,
      figures: figures };
  }

  function refusal(fn) {
    try { fn(); } catch (error) {
      if (!(error instanceof board.Refused)) throw error;
      var first = (error.params.mistakes || [{}])[0];
      return [error.reason, first.line || 0, first.code || ""];
    }
    return null;
  }

  return { run: run, session: session, facts: facts, refusal: refusal, clock: clock };
})();
