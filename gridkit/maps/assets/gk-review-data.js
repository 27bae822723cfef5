// The decisions of the review page: made, taken back, kept in the browser, written as CSV and read from it.
(function () {
  "use strict";
  var review = gk.review = {};
  var KEY = /^[0-9a-f]{16}$/, KINDS = ["link", "no_match", "split", "alias"];
  var decided, foreign, history, saved;

  // Decisions about keys that are not on this page stay as the lines that they were.
  review.reset = function (rows) {
    review.rows = rows;
    review.at = new Map(rows.map(function (row, i) { return [row.k, i]; }));
    decided = new Map();
    foreign = new Map();
    history = [];
    saved = new Map();
  };

  review.of = function (key) { return decided.get(key) || null; };
  review.count = function () { return decided.size; };
  review.foreign = function () { return foreign.size; };

  // The compounds whose status hangs on what has been decided.
  review.settled = function () {
    var seen = new Set();
    decided.forEach(function (_, key) { review.rows[review.at.get(key)].ch.forEach(function (i) { seen.add(i); }); });
    return seen.size;
  };

  function put(map, key, value) {
    if (value) map.set(key, value); else map.delete(key);
  }

  // Makes changes ([key, decision or null]) as one step that can be taken back; ``others`` replaces the foreign lines.
  review.change = function (changes, at, others) {
    history.push({ at: at, foreign: others ? foreign : null,
      before: changes.map(function (one) { return [one[0], review.of(one[0])]; }) });
    changes.forEach(function (one) { put(decided, one[0], one[1]); });
    if (others) foreign = others;
    review.keep();
  };

  // Takes the last step back and returns where it was made, -1 where there is none.
  review.undo = function () {
    var step = history.pop();
    if (!step) return -1;
    step.before.slice().reverse().forEach(function (one) { put(decided, one[0], one[1]); });
    if (step.foreign) foreign = step.foreign;
    review.keep();
    return step.at;
  };

  // ---- files

  function line(key) {
    var row = review.rows[review.at.get(key)], one = decided.get(key);
    var values = { key: key, kind: row.kind, field: row.field, mention: row.m, parent: row.p, decision: one.decision,
      target: one.target, reason: one.reason, reviewer_role: one.role, decided_on: one.date, expires: one.expires };
    return gk.settings.columns.map(function (name) { return values[name] || ""; });
  }

  // The decisions as CSV, in the order of the page, then those about other keys.
  review.csv = function () {
    var rows = [gk.settings.columns];
    review.rows.forEach(function (row) { if (decided.has(row.k)) rows.push(line(row.k)); });
    Array.from(foreign.keys()).sort().forEach(function (key) { rows.push(foreign.get(key)); });
    return gk.csv(rows);
  };

  // Splits CSV text into rows of cells.
  review.cells = function (text) {
    text = text.replace(/^\ufeff/, "");
    var first = text.split(/\r?\n/, 1)[0], mark = [",", "\t", ";"].filter(function (c) { return first.indexOf(c) >= 0; })[0] || ",";
    var rows = [], row = [], cell = "", quoted = false;
    for (var i = 0; i < text.length; i++) {
      var c = text[i];
      if (quoted) {
        if (c !== '"') cell += c;
        else if (text[i + 1] === '"') { cell += '"'; i++; }
        else quoted = false;
      } else if (c === '"' && cell === "") quoted = true;
      else if (c === mark) { row.push(cell); cell = ""; }
      else if (c === "\n" || c === "\r") {
        if (c === "\r" && text[i + 1] === "\n") i++;
        row.push(cell); rows.push(row); row = []; cell = "";
      } else cell += c;
    }
    if (cell || row.length) { row.push(cell); rows.push(row); }
    return rows;
  };

  function plain(text) { return /^'[=+\-@]/.test(text) ? text.slice(1) : text; }

  // Reads an overrides file; returns what came of it, null where it is none.
  review.read = function (text, at) {
    var rows = review.cells(text), columns = gk.settings.columns;
    var head = (rows.shift() || []).map(function (name) { return name.trim().toLowerCase(); });
    if (["key", "decision", "target"].some(function (name) { return head.indexOf(name) < 0; })) return null;
    var changes = [], others = new Map(foreign), seen = new Set(), bad = 0, replaced = 0;
    rows.forEach(function (cells) {
      var get = function (name) { var i = head.indexOf(name); return plain((i < 0 || cells[i] === undefined ? "" : cells[i]).trim()); };
      var key = get("key").toLowerCase(), kind = get("decision").toLowerCase(), target = kind === "no_match" ? "" : get("target");
      if (!kind && (!key || KEY.test(key))) return; // not decided yet
      if (!KEY.test(key) || KINDS.indexOf(kind) < 0 || (kind !== "no_match" && !target) || seen.has(key)) { bad++; return; }
      seen.add(key);
      if (!review.at.has(key)) {
        others.set(key, columns.map(function (name) { return name === "decision" ? kind : get(name); }));
        return;
      }
      var mine = review.of(key);
      if (mine && (mine.decision !== kind || mine.target !== target)) replaced++;
      changes.push([key, { decision: kind, target: target, reason: get("reason"), role: get("reviewer_role"),
        date: get("decided_on"), expires: get("expires") }]);
    });
    review.change(changes, at, others);
    return { count: changes.length, foreign: others.size, bad: bad, replaced: replaced };
  };

  // ---- what the browser keeps

  function slot() { return "gridkit-review-" + gk.settings.id; }

  review.keeps = true;
  review.keep = function () {
    try {
      localStorage.setItem(slot(), JSON.stringify({ decided: Array.from(decided), foreign: Array.from(foreign),
        saved: Array.from(saved), role: review.role || "" }));
    } catch (error) { review.keeps = false; }
  };

  // Takes up what the browser kept; returns how many decisions that were.
  review.resume = function () {
    try {
      var kept = JSON.parse(localStorage.getItem(slot()) || "null");
      if (!kept) { review.keep(); return 0; }
      kept.decided.forEach(function (one) {
        if (review.at.has(one[0]) && KINDS.indexOf(one[1].decision) >= 0) decided.set(one[0], one[1]);
      });
      foreign = new Map(kept.foreign);
      saved = new Map(kept.saved);
      review.role = String(kept.role || "");
      return decided.size;
    } catch (error) {
      review.keeps = false;
      return 0;
    }
  };

  // How many decisions differ from those in the file that was saved last.
  review.unsaved = function () {
    var n = 0;
    decided.forEach(function (one, key) { if (saved.get(key) !== JSON.stringify(one)) n++; });
    saved.forEach(function (_, key) { if (!decided.has(key)) n++; });
    return n;
  };

  review.markSaved = function () {
    saved = new Map(Array.from(decided).map(function (one) { return [one[0], JSON.stringify(one[1])]; }));
    review.keep();
  };
})();
