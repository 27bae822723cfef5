// One edit of a plan: what it may do and what it refuses, as gridkit/grids/edit.py, and how it is taken back.
(function () {
  "use strict";
  var board = gk.board = gk.board || {};
  var NAME_LENGTH = 200;
  var refuse = function (reason, params) { return board.refuse(reason, params); };

  var ARGUMENTS = board.ARGUMENTS = { move: ["atoms", "to"], merge: ["grids", "into"], split: ["grid", "parts"],
    cut: ["atom", "lines", "households"], "new": ["community", "kind", "atoms"], retire: ["grid"],
    set_kind: ["grid", "kind"], lock: ["grid", "community"], unlock: ["grid", "community"], rename: ["grid", "name"],
    undo: ["seq"] };

  function has(object, name) { return Object.prototype.hasOwnProperty.call(object, name); }
  board.has = has;

  // A value as Python's str gives it; lists and objects only have to differ from every name.
  function text(value) {
    if (value === null) return "None";
    if (typeof value === "boolean") return value ? "True" : "False";
    return typeof value === "object" ? JSON.stringify(value) : String(value);
  }

  function wanted(edit, name) {
    if (!has(edit.args, name)) refuse("argument", { op: edit.op, what: name });
    return edit.args[name];
  }

  // ---- what an edit names

  function atomsOf(state, names, edit) {
    if (!Array.isArray(names) || !names.length) refuse("argument", { op: edit.op, what: "atoms" });
    var ids = Array.from(new Set(names.map(text))).sort(board.byCode);
    var strange = ids.filter(function (id) { return !state.atomAt.has(id); });
    if (strange.length) refuse("no_atom", { op: edit.op, atom: strange.slice(0, 3).join(", ") });
    return ids.map(function (id) { return state.atomAt.get(id); });
  }

  // A grid by its uid, else by a code that one grid alone bears.
  function gridOf(state, value, edit) {
    if (typeof value === "object" && value !== null) refuse("argument", { op: edit.op, what: "grid" });
    if (typeof value === "string" && state.grids.has(value)) return value;
    var found = [], code = text(value);
    state.grids.forEach(function (grid, uid) { if (grid.code === code) found.push(uid); });
    return found.length === 1 ? found[0] : refuse("no_grid", { op: edit.op, grid: code });
  }

  function open(state, uids, edit) {
    var locked = uids.filter(function (uid) { return uid && state.grids.get(uid).locked; }).sort(board.byCode);
    if (locked.length) refuse("locked", { op: edit.op, grid: state.grids.get(locked[0]).code || locked[0] });
  }

  function codeOf(state, atom) { return state.communities[state.atoms.community[atom]].code; }
  board.codeOf = codeOf;

  function oneCommunity(state, atoms, code, edit) {
    var others = atoms.map(function (atom) { return codeOf(state, atom); }).filter(function (one) { return one !== code; });
    if (others.length) refuse("two_communities", { op: edit.op, other: others.sort(board.byCode)[0], code: code });
  }

  function kindOf(state, value, edit) {
    return state.kinds.indexOf(value) < 0 ? refuse("unknown_kind", { op: edit.op, kind: text(value) }) : value;
  }

  function gridsOf(state, atoms) { return atoms.map(function (atom) { return state.grid[atom]; }); }

  // ---- changes, each with what takes it back

  function Change(state) {
    this.state = state;
    this.back = [];
    this.atoms = new Set();
    this.grids = new Set();
    this.created = [];
  }

  Change.prototype.give = function (atoms, uid) {
    var state = this.state, back = this.back, self = this;
    atoms.forEach(function (atom) {
      var old = state.grid[atom];
      self.atoms.add(atom);
      self.grids.add(old).add(uid);
      if (old === uid) return;
      board.give(state, atom, uid);
      back.push(function () { board.give(state, atom, old); });
    });
  };

  Change.prototype.add = function (uid, values) {
    var state = this.state;
    if (state.grids.has(uid)) refuse("argument", { op: "new", what: "uid" });
    state.grids.set(uid, Object.assign({ uid: uid, code: "", name: "", valid_from: "", locked: false }, values));
    state.sets.set(uid, new Set());
    this.grids.add(uid);
    this.created.push(uid);
    this.back.push(function () { state.grids.delete(uid); state.sets.delete(uid); });
  };

  Change.prototype.remove = function (uid) {
    var state = this.state, grid = state.grids.get(uid), set = state.sets.get(uid);
    state.grids.delete(uid);
    state.sets.delete(uid);
    this.grids.add(uid);
    this.back.push(function () { state.grids.set(uid, grid); state.sets.set(uid, set); });
  };

  Change.prototype.set = function (uid, name, value) {
    var grid = this.state.grids.get(uid), old = grid[name];
    grid[name] = value;
    this.grids.add(uid);
    this.back.push(function () { grid[name] = old; });
  };

  // ---- the operations; every refusal comes before the first change

  var DOING = {
    move: function (state, edit, change) {
      var atoms = atomsOf(state, wanted(edit, "atoms"), edit), to = wanted(edit, "to");
      if (to !== "") {
        to = gridOf(state, to, edit);
        oneCommunity(state, atoms, state.grids.get(to).community, edit);
      }
      open(state, gridsOf(state, atoms).concat(to), edit);
      change.give(atoms, to);
    },
    merge: function (state, edit, change) {
      var named = wanted(edit, "grids");
      if (typeof named === "string") named = Array.from(named);
      if (!Array.isArray(named)) refuse("argument", { op: edit.op, what: "grids" });
      var grids = Array.from(new Set(named.map(function (one) { return gridOf(state, one, edit); })));
      var into = gridOf(state, wanted(edit, "into"), edit), atoms = [];
      open(state, grids.concat(into), edit);
      grids.forEach(function (uid) { state.sets.get(uid).forEach(function (atom) { atoms.push(atom); }); });
      oneCommunity(state, atoms, state.grids.get(into).community, edit);
      change.give(atoms, into);
      grids.forEach(function (uid) { if (uid !== into) change.remove(uid); });
    },
    split: function (state, edit, change) {
      var uid = gridOf(state, wanted(edit, "grid"), edit);
      open(state, [uid], edit);
      var said = wanted(edit, "parts");
      if (!Array.isArray(said)) refuse("argument", { op: edit.op, what: "parts" });
      var parts = said.map(function (part) { return atomsOf(state, part, edit); });
      var every = [].concat.apply([], parts), members = state.sets.get(uid);
      var exact = every.length === members.size && new Set(every).size === every.length &&
        every.every(function (atom) { return members.has(atom); });
      if (parts.length < 2 || !exact) refuse("parts", { op: edit.op, grid: uid });
      var grid = state.grids.get(uid);
      parts.slice(1).forEach(function (part, at) {
        var fresh = board.uidOf(codeOf(state, part[0]), board.idsOf(state, part), edit.prev_hash + "/" + at);
        change.add(fresh, { kind: grid.kind, community: grid.community });
        change.give(part, fresh);
      });
      change.grids.add(uid);
    },
    cut: function (state, edit, change) {
      var atom = atomsOf(state, [wanted(edit, "atom")], edit)[0], lines = wanted(edit, "lines");
      var households = wanted(edit, "households");
      open(state, [state.grid[atom]], edit);
      var why = board.canCut(state, atom, true);
      if (why) refuse(why, { op: edit.op, atom: state.atoms.name[atom] || state.atoms.id[atom],
        high: state.normOf(state.atoms.community[atom]).high });
      board.cutAtom(state, atom, { lines: lines, households: households, known: edit.known }, change);
    },
    "new": function (state, edit, change) {
      var given = has(edit.args, "atoms") ? edit.args.atoms : null;
      var none = !given || Array.isArray(given) && !given.length;
      var atoms = none ? [] : atomsOf(state, given, edit), code = text(wanted(edit, "community"));
      if (!state.landed.has(code)) refuse("no_community", { op: edit.op, code: code });
      oneCommunity(state, atoms, code, edit);
      open(state, gridsOf(state, atoms), edit);
      var kind = kindOf(state, wanted(edit, "kind"), edit);
      var uid = board.uidOf(code, board.idsOf(state, atoms), edit.prev_hash + "/new");
      change.add(uid, { kind: kind, community: code });
      change.give(atoms, uid);
    },
    retire: function (state, edit, change) {
      var uid = gridOf(state, wanted(edit, "grid"), edit);
      open(state, [uid], edit);
      if (state.sets.get(uid).size) refuse("has_land", { op: edit.op, grid: state.grids.get(uid).code || uid });
      change.remove(uid);
    },
    set_kind: function (state, edit, change) {
      var uid = gridOf(state, wanted(edit, "grid"), edit);
      open(state, [uid], edit);
      change.set(uid, "kind", kindOf(state, wanted(edit, "kind"), edit));
    },
    lock: function (state, edit, change) { locked(state, edit, change, true); },
    unlock: function (state, edit, change) { locked(state, edit, change, false); },
    rename: function (state, edit, change) {
      var uid = gridOf(state, wanted(edit, "grid"), edit);
      open(state, [uid], edit);
      change.set(uid, "name", Array.from(text(wanted(edit, "name"))).slice(0, NAME_LENGTH).join(""));
    }
  };

  function locked(state, edit, change, value) {
    var uids = [];
    if (has(edit.args, "grid")) uids = [gridOf(state, edit.args.grid, edit)];
    else if (has(edit.args, "community")) {
      state.grids.forEach(function (grid, uid) { if (grid.community === edit.args.community) uids.push(uid); });
      if (!uids.length) refuse("no_grid_in_community", { op: edit.op, code: text(edit.args.community) });
    } else uids = Array.from(state.grids.keys());
    uids.forEach(function (uid) { change.set(uid, "locked", value); });
  }

  // Does one edit; a refused one changes nothing. ``inverse`` takes it back while it is the last.
  board.apply = function (state, edit) {
    var known = has(ARGUMENTS, edit.op) ? ARGUMENTS[edit.op] : [];
    var strange = Object.keys(edit.args).filter(function (name) { return known.indexOf(name) < 0; });
    if (!has(DOING, edit.op) || strange.length) {
      refuse("unknown_op", { op: String(edit.op).slice(0, 40), args: Object.keys(edit.args).join(", ").slice(0, 100) });
    }
    var change = new Change(state);
    DOING[edit.op](state, edit, change);
    change.grids.delete("");
    var grids = Array.from(change.grids);
    function touched() {
      state.revision++;
      grids.forEach(function (uid) { state.sums.delete(uid); });
      state.sums.delete("");
    }
    touched();
    return { atoms: Array.from(change.atoms), grids: grids, created: change.created, inverse: function () {
      change.back.reverse().forEach(function (step) { step(); });
      touched();
    } };
  };
})();
