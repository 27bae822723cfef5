// edits.jsonl: read with every mistake named by its line, proven by hashes, written as gridkit writes it.
(function () {
  "use strict";
  var board = gk.board = gk.board || {};
  var TOLD = 20, HALF = /(?:[\ud800-\udbff](?![\udc00-\udfff]))|(?:(?:^|[^\ud800-\udbff])[\udc00-\udfff])/;

  // What makes plain values unfit: a number that is none, half a character; in keys as well.
  function unfit(value, depth) {
    if (typeof value === "number") return isFinite(value) ? "" : "json";
    if (typeof value === "string") return HALF.test(value) ? "half" : "";
    if (value === null || typeof value !== "object") return "";
    if (depth > 200) return "json";
    var names = Object.keys(value), said = "";
    for (var i = 0; i < names.length && !said; i++) said = unfit(names[i], depth) || unfit(value[names[i]], depth + 1);
    return said;
  }

  function typeOf(value) {
    return value === null ? "null" : Array.isArray(value) ? "list" : Number.isInteger(value) ? "whole" : typeof value;
  }

  // What is wrong with a line as [code, what], null where nothing is.
  function wrong(found) {
    if (typeOf(found) !== "object") return ["object", ""];
    var names = Object.keys(found);
    var lacking = board.FIELDS.filter(function (name) { return names.indexOf(name) < 0; });
    if (lacking.length) return ["missing", lacking.join(", ")];
    var strange = names.filter(function (name) { return board.FIELDS.indexOf(name) < 0; }).sort(board.byCode);
    if (strange.length) return ["unknown", strange.join(", ").slice(0, 100)];
    for (var i = 0; i < board.FIELDS.length; i++) {
      var name = board.FIELDS[i], kind = { seq: "whole", args: "object" }[name] || "string";
      if (typeOf(found[name]) !== kind) return ["type", name];
    }
    var said = unfit(found, 0);
    if (said) return [said, ""];
    return board.has(board.ARGUMENTS, found.op) ? null : ["op", found.op.slice(0, 40)];
  }

  function parsed(line) {
    try {
      var found = JSON.parse(line), said = wrong(found);
      return said ? { code: said[0], what: said[1] } : { edit: found };
    } catch (error) {
      return { code: "json", what: "" };
    }
  }

  function refuse(mistakes) {
    board.refuse("file", { mistakes: mistakes.slice(0, TOLD), more: Math.max(0, mistakes.length - TOLD) });
  }
  board.refuseFile = refuse;

  // The edits of a text, in order and unchanged since they were written: [{edit, line}].
  board.readEdits = function (text, base) {
    var rows = [], mistakes = [];
    String(text).replace(/^\ufeff/, "").split("\n").forEach(function (line, i) {
      if (!line.trim()) return;
      var one = parsed(line);
      if (one.edit) rows.push({ edit: one.edit, line: i + 1 });
      else mistakes.push({ line: i + 1, code: one.code, what: one.what });
    });
    if (mistakes.length) refuse(mistakes);
    if (!rows.length) board.refuse("empty", {});
    if (rows[0].edit.base !== base) board.refuse("other_base", { log: rows[0].edit.base.slice(0, 40), plan: base });
    var before = base;
    rows.forEach(function (row, i) {
      var edit = row.edit;
      if (edit.seq !== i + 1 || edit.base !== base || edit.prev_hash !== before) {
        refuse([{ line: row.line, code: "follows", what: "" }]);
      }
      if (board.digest(edit) !== edit.hash) refuse([{ line: row.line, code: "changed", what: "" }]);
      before = edit.hash;
    });
    return rows;
  };

  board.lineOf = function (edit) {
    var fields = {};
    board.FIELDS.forEach(function (name) { fields[name] = edit[name]; });
    return JSON.stringify(fields);
  };

  board.writeEdits = function (edits) {
    return edits.map(function (edit) { return board.lineOf(edit) + "\n"; }).join("");
  };
})();
