// assignment.csv: which atom belongs to which grid, read and written as gridkit/io/assignment.py, and turned into edits.
(function () {
  "use strict";
  var board = gk.board = gk.board || {};
  var HEADERS = [["atom_id", "grid_code"], ["atom_id", "grid_uid"], ["geo_id", "zone"], ["geoid", "zone"],
    ["blockid", "district"], ["geoid20", "district"], ["atom", "grid"]];
  var MARKS = [",", "|", "\t", ";"], TOLD = 20;
  var SCIENTIFIC = /^\d(?:[.,]\d+)?[eE]\+?\d{1,3}$/, ROUNDED = /^\d{15}0{3,}$/;

  // ---- text

  // The records of a text with the number of the line in which each ends.
  function records(text, mark) {
    var rows = [], cells = [], cell = "", line = 1, quoted = false, fresh = true, i = 0;
    function end() {
      cells.push(cell);
      rows.push({ line: line, cells: cells });
      cells = [];
      cell = "";
      fresh = true;
    }
    for (; i < text.length; i++) {
      var sign = text[i];
      if (quoted) {
        if (sign === "\"" && text[i + 1] === "\"") { cell += sign; i++; }
        else if (sign === "\"") quoted = false;
        else { cell += sign; if (sign === "\n") line++; }
      } else if (sign === "\"" && fresh) { quoted = true; fresh = false; }
      else if (sign === mark) { cells.push(cell); cell = ""; fresh = true; }
      else if (sign === "\n" || sign === "\r") {
        if (sign === "\r" && text[i + 1] === "\n") i++;
        end();
        line++;
      } else { cell += sign; fresh = false; }
    }
    if (quoted) mistaken([{ line: line, code: "quote", value: "" }]);
    if (cell || cells.length) end();
    return rows;
  }

  function mistaken(list) {
    board.refuse("table", { mistakes: list.slice(0, TOLD), more: Math.max(0, list.length - TOLD) });
  }

  function headerOf(cells) {
    var names = cells.map(function (cell) { return cell.trim().toLowerCase(); });
    var found = HEADERS.find(function (pair) { return names.indexOf(pair[0]) >= 0 && names.indexOf(pair[1]) >= 0; });
    return found ? [names.indexOf(found[0]), names.indexOf(found[1])] : null;
  }

  // Rows {line, atom, grid} without the header and blank rows.
  function rowsOf(text) {
    text = String(text).replace(/^\ufeff/, "");
    var first = text.replace(/^[\r\n]+/, "").split("\n")[0], columns = null, out = [];
    var mark = MARKS.reduce(function (best, one) { return first.split(one).length > first.split(best).length ? one : best; });
    records(text, mark).forEach(function (row) {
      if (!row.cells.some(function (cell) { return cell.trim(); })) return;
      if (!columns) {
        columns = headerOf(row.cells);
        if (columns) return;
        if (row.cells.length !== 2) mistaken([{ line: row.line, code: "header", value: row.cells.join(" | ").slice(0, 100) }]);
        columns = [0, 1];
      }
      if (Math.max(columns[0], columns[1]) >= row.cells.length) mistaken([{ line: row.line, code: "cells", value: "" }]);
      out.push({ line: row.line, atom: row.cells[columns[0]].trim(), grid: row.cells[columns[1]].trim() });
    });
    return out;
  }

  // ---- mistakes

  function damaged(rows, name, there, found) {
    var padded = new Map();
    there.forEach(function (one) { if (one[0] === "0") padded.set(one.replace(/^0+/, ""), one); });
    rows.forEach(function (row) {
      var value = row[name];
      if (!value || there.has(value)) return;
      var code = SCIENTIFIC.test(value) || ROUNDED.test(value) ? "scientific" : padded.has(value) ? "zeros" : "";
      if (code) { found.push({ line: row.line, code: code, value: value.slice(0, 60) }); row.bad = true; }
    });
  }

  function strange(state, rows, found) {
    var first = new Map();
    rows.forEach(function (row) {
      if (!row.atom) found.push({ line: row.line, code: "atom", value: "" });
      else if (first.has(row.atom)) {
        found.push({ line: row.line, code: "twice", value: row.atom.slice(0, 60), first: first.get(row.atom) });
      } else {
        first.set(row.atom, row.line);
        if (!row.bad && !state.atomAt.has(row.atom)) found.push({ line: row.line, code: "no_atom", value: row.atom.slice(0, 60) });
      }
    });
  }

  // Names of grids: uids, and codes that one grid alone bears.
  function namesOf(state) {
    var names = new Map(), times = new Map();
    state.grids.forEach(function (grid) { times.set(grid.code, (times.get(grid.code) || 0) + 1); });
    state.grids.forEach(function (grid, uid) { if (grid.code && times.get(grid.code) === 1) names.set(grid.code, uid); });
    state.grids.forEach(function (_, uid) { names.set(uid, uid); });
    return names;
  }

  // ---- edits

  // What a table asks for: {steps, moved, fresh, missing, same}. An atom that it does not list keeps its grid.
  board.readAssignment = function (state, text) {
    var rows = rowsOf(text), names = namesOf(state), found = [];
    if (!rows.length) board.refuse("empty", {});
    damaged(rows, "atom", new Set(state.atomAt.keys()), found);
    damaged(rows, "grid", new Set(names.keys()), found);
    strange(state, rows, found);
    if (!found.length) touching(state, rows, names, found);
    if (found.length) mistaken(found.sort(function (a, b) { return a.line - b.line; }));
    return wished(state, rows, names);
  };

  function touching(state, rows, names, found) {
    var home = new Map();
    rows.forEach(function (row) {
      var atom = state.atomAt.get(row.atom), uid = names.has(row.grid) ? names.get(row.grid) : "", old = state.grid[atom];
      var code = board.codeOf(state, atom);
      if (row.grid && uid && uid === old || !row.grid && !old) return;
      if (row.grid && !uid && !home.has(row.grid)) home.set(row.grid, code);
      var of = uid ? state.grids.get(uid).community : row.grid ? home.get(row.grid) : code;
      if (of !== code) found.push({ line: row.line, code: "communities", value: row.atom.slice(0, 60) });
      var shut = [old, uid].find(function (one) { return one && state.grids.get(one).locked; });
      if (shut) found.push({ line: row.line, code: "locked", value: state.grids.get(shut).code || shut });
    });
  }

  function wished(state, rows, names) {
    var by = new Map(), fresh = new Map(), same = 0, moved = 0;
    rows.forEach(function (row) {
      var known = !row.grid || names.has(row.grid), uid = row.grid && known ? names.get(row.grid) : row.grid;
      if (known && state.grid[state.atomAt.get(row.atom)] === uid) { same++; return; }
      moved++;
      var home = known ? by : fresh;
      if (!home.has(uid)) home.set(uid, []);
      home.get(uid).push(row.atom);
    });
    var steps = [];
    sorted(fresh).forEach(function (name) {
      var ids = fresh.get(name).sort(board.byCode), made = "", code = board.codeOf(state, state.atomAt.get(ids[0]));
      steps.push({ op: "new", args: function () { return { community: code, kind: "comprehensive", atoms: ids }; },
        then: function (uid) { made = uid; } });
      steps.push({ op: "rename", args: function () { return { grid: made, name: name }; } });
    });
    sorted(by).forEach(function (uid) {
      var ids = by.get(uid).sort(board.byCode);
      steps.push({ op: "move", args: function () { return { atoms: ids, to: uid }; } });
    });
    emptied(state, rows, by).forEach(function (uid) {
      steps.push({ op: "retire", args: function () { return { grid: uid }; } });
    });
    return { steps: steps, moved: moved, fresh: fresh.size, same: same, missing: state.atomAt.size - rows.length };
  }

  function sorted(map) { return Array.from(map.keys()).sort(board.byCode); }

  // Grids that had land and have none afterwards.
  function emptied(state, rows, by) {
    var left = new Map();
    rows.forEach(function (row) {
      var uid = state.grid[state.atomAt.get(row.atom)];
      if (uid) left.set(uid, (left.get(uid) || 0) + 1);
    });
    var kept = new Set();
    rows.forEach(function (row) {
      var uid = state.grid[state.atomAt.get(row.atom)];
      if (uid && (row.grid === uid || row.grid && row.grid === state.grids.get(uid).code)) kept.add(uid);
    });
    return sorted(left).filter(function (uid) {
      return left.get(uid) === state.members(uid).size && !kept.has(uid) && !by.has(uid);
    });
  }

  function quoted(text) { return /[",\r\n]/.test(text) ? "\"" + text.replace(/"/g, "\"\"") + "\"" : text; }

  // ``atom_id,grid_code`` as a plan folder has it: codes where they name one grid, else uids.
  board.writeAssignment = function (state) {
    var codes = new Map(), times = new Map();
    state.grids.forEach(function (grid) { times.set(grid.code, (times.get(grid.code) || 0) + 1); });
    state.grids.forEach(function (grid, uid) {
      codes.set(uid, grid.code && times.get(grid.code) === 1 && !state.grids.has(grid.code) ? grid.code : uid);
    });
    var lines = board.idsOf(state, state.atomAt.values()).map(function (id) {
      var uid = state.grid[state.atomAt.get(id)];
      return quoted(id) + "," + quoted(uid ? codes.get(uid) : "");
    });
    return ["atom_id,grid_code"].concat(lines).join("\n") + "\n";
  };
})();
