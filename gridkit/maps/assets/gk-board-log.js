// A session at the board: the plan, its log of edits, and what is undone. Nothing is ever taken out of the log; what is
// made again after an undo is a new line, and what it creates has a new identity.
(function () {
  "use strict";
  var board = gk.board = gk.board || {};

  // Plain values as the log keeps them: numbers to three decimals, no half characters, no numbers of persons in names.
  function clean(value, name) {
    if (typeof value === "number") {
      if (!isFinite(value) || Math.abs(value) > 9e15) board.refuse("argument", { op: "", what: String(name) });
      return Math.round(value * 1000) / 1000 + 0;
    }
    if (typeof value === "string") return name === "name" ? board.mask(board.sound(value, "\ufffd")) : board.sound(value, "\ufffd");
    if (Array.isArray(value)) return value.map(function (one) { return clean(one, ""); });
    if (value === null || typeof value !== "object") return value === undefined ? null : value;
    var out = {};
    Object.keys(value).forEach(function (key) { out[key] = clean(value[key], key); });
    return out;
  }

  function said(text) { return board.mask(board.sound(String(text === undefined || text === null ? "" : text), "\ufffd")); }

  function Session(document, settings) {
    this.state = board.read(document);
    this.now = settings && settings.now || function () { return ""; };
    this.user = settings && settings.user || "";
    this.lines = [];
    this.done = [];       // edits that stand, each with what takes it back
    this.undone = [];     // what can be made again, the next one last
    this.renamed = new Map();
    this.listeners = [];
    this.replay((document.log || []).map(function (edit, i) { return { edit: edit, line: i + 1 }; }));
  }

  var own = Session.prototype;

  Object.defineProperty(own, "head", { get: function () {
    return this.lines.length ? this.lines[this.lines.length - 1].hash : this.state.base;
  } });
  Object.defineProperty(own, "canUndo", { get: function () { return this.done.length > 0; } });
  Object.defineProperty(own, "canRedo", { get: function () { return this.undone.length > 0; } });

  own.tell = function (what, atoms, grids) {
    this.listeners.slice().forEach(function (fn) { fn({ what: what, atoms: atoms, grids: grids }); });
  };

  own.on = function (fn) {
    var list = this.listeners;
    list.push(fn);
    return function () { if (list.indexOf(fn) >= 0) list.splice(list.indexOf(fn), 1); };
  };

  own.standing = function () { return this.done.map(function (one) { return one.edit; }); };

  function applied(state, edit) {
    var known = board.has(state.cuts, edit.hash) ? state.cuts[edit.hash] : null;
    return board.apply(state, known ? Object.assign({}, edit, { known: known }) : edit);
  }

  function remembered(edit, created) {
    return { op: edit.op, args: edit.args, reason: edit.reason, doc_no: edit.doc_no, created: created };
  }

  function standing(edit, result) {
    return { edit: edit, inverse: result.inverse, created: result.created, atoms: result.atoms, grids: result.grids };
  }

  own.sealed = function (op, args, more) {
    var edit = { seq: this.lines.length + 1, time: String(this.now()), user: said(this.user), op: op, args: args,
      reason: said(more && more.reason), doc_no: said(more && more.doc_no), base: this.state.base, prev_hash: this.head };
    edit.hash = board.digest(edit);
    return edit;
  };

  own.make = function (op, args, more) {
    var edit = this.sealed(op, clean(args || {}, ""), more), result = applied(this.state, edit);
    this.lines.push(edit);
    this.done.push(standing(edit, result));
    return { edit: edit, atoms: result.atoms, grids: result.grids, created: result.created };
  };

  // Makes one edit; a refused one leaves no line.
  own.do = function (op, args, more) {
    var result = this.make(op, args, more);
    this.undone = [];
    this.tell("do", result.atoms, result.grids);
    return result;
  };

  own.undo = function (more) {
    if (!this.done.length) board.refuse("nothing_to_undo", {});
    var last = this.done[this.done.length - 1], edit = this.sealed("undo", { seq: last.edit.seq }, more);
    this.done.pop();
    last.inverse();
    this.lines.push(edit);
    this.undone.push(remembered(last.edit, last.created));
    // the pieces of a cut that was undone are no more
    var count = this.state.count, atoms = last.atoms.filter(function (atom) { return atom < count; });
    this.tell("undo", atoms, last.grids);
    return { edit: edit, undone: last.edit, atoms: atoms, grids: last.grids };
  };

  // The arguments of an edit that is made again: grids that were made again since bear other names.
  function mapped(args, renamed) {
    function now(uid) {
      while (renamed.has(uid)) uid = renamed.get(uid);
      return uid;
    }
    var out = Object.assign({}, args);
    ["to", "into", "grid"].forEach(function (name) { if (typeof out[name] === "string") out[name] = now(out[name]); });
    if (Array.isArray(out.grids)) out.grids = out.grids.map(now);
    return out;
  }

  own.redo = function () {
    if (!this.undone.length) board.refuse("nothing_to_redo", {});
    var last = this.undone[this.undone.length - 1], renamed = this.renamed;
    var result = this.make(last.op, mapped(last.args, renamed), last);
    this.undone.pop();
    last.created.forEach(function (uid, i) { if (uid !== result.created[i]) renamed.set(uid, result.created[i]); });
    this.tell("redo", result.atoms, result.grids);
    return result;
  };

  // ---- files

  // Plays edits on the plan as it is; the first that cannot be done is named by its line, and all are taken back.
  own.replay = function (rows) {
    var self = this, start = this.done.length;
    rows.forEach(function (row) {
      var edit = row.edit;
      try {
        if (edit.op !== "undo") {
          var result = applied(self.state, edit);
          self.done.push(standing(edit, result));
          self.undone = [];
          return;
        }
        var last = self.done[self.done.length - 1];
        if (!last || edit.args.seq !== last.edit.seq) board.refuse("order", { seq: edit.seq });
        self.done.pop().inverse();
        self.undone.push(remembered(last.edit, last.created));
      } catch (error) {
        while (self.done.length > start) self.done.pop().inverse();
        if (!(error instanceof board.Refused)) throw error;
        board.refuseFile([{ line: row.line, code: error.reason === "order" ? "order" : "refused", what: "", why: error }]);
      }
    });
    this.lines = rows.map(function (row) { return row.edit; });
  };

  function plain(edits) { return edits.map(function (edit) { return { edit: edit, line: edit.seq }; }); }

  // Takes the log of a file in the place of this one; with ``dry`` only says what it would do.
  own.load = function (text, more) {
    var rows = board.readEdits(text, this.state.base), before = this.lines, undone = this.undone, same = 0;
    while (same < before.length && same < rows.length && before[same].hash === rows[same].edit.hash) same++;
    var back = function (self) { while (self.done.length) self.done.pop().inverse(); };
    back(this);
    try {
      this.undone = [];
      this.replay(rows);
    } catch (error) {
      this.undone = [];
      this.replay(plain(before));
      this.undone = undone;
      throw error;
    }
    var result = { edits: rows.length, standing: this.done.length, dropped: before.length - same };
    if (more && more.dry) {
      back(this);
      this.replay(plain(before));
      this.undone = undone;
      return result;
    }
    this.tell("load", [], []);
    return result;
  };

  own.save = function () { return board.writeEdits(this.lines); };

  // A table of atoms and grids as edits; all of them or none.
  own.loadAssignment = function (text, more) {
    var wish = board.readAssignment(this.state, text), self = this, edits = 0, start = this.done.length, lines = this.lines.length;
    var result = { edits: wish.steps.length, atoms: wish.moved, fresh: wish.fresh, missing: wish.missing, same: wish.same };
    if (more && more.dry || !wish.steps.length) return result;
    try {
      wish.steps.forEach(function (step) {
        var created = self.make(step.op, step.args(), more).created;
        edits++;
        if (step.then) step.then(created[0]);
      });
    } catch (error) {
      while (this.done.length > start) this.done.pop().inverse();
      this.lines.length = lines;
      throw error;
    }
    this.undone = [];
    result.edits = edits;
    this.tell("assignment", [], []);
    return result;
  };

  own.assignment = function () { return board.writeAssignment(this.state); };

  // ---- figures

  own.totals = function (uid) { return board.totals(this.state, uid); };
  own.community = function (code) { return board.sums(this.state).get(code) || null; };
  own.city = function () { return board.sums(this.state).get(""); };
  own.problems = function () { return board.problems(this.state); };
  own.pending = function () { return board.pending(this.state); };
  own.moved = function () { return board.moved(this.state); };

  board.session = function (document, settings) { return new Session(document, settings); };
})();
