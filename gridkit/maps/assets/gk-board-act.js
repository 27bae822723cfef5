// What the tools do to the plan: every change is one edit, with its reason, checked before and told afterwards.
(function () {
  "use strict";
  var board = gk.board, ui = board.ui, timer = 0;
  ui.active = ""; // the grid that is worked on
  ui.strict = false; // whether edits that break a grid are refused or only warned of

  ui.toast = function (text, bad) {
    var node = ui.byId("gk-toast");
    node.textContent = text;
    node.className = "gk-on" + (bad ? " gk-bad" : "");
    clearTimeout(timer);
    timer = setTimeout(function () { node.className = ""; }, bad ? 7000 : 4500);
  };

  ui.totals = function (uid) { return ui.session.totals(uid); };

  function given(extra) {
    return Object.assign({ reason: ui.byId("gk-reason").value.trim(), doc_no: ui.byId("gk-doc").value.trim() }, extra || {});
  }
  ui.given = given;

  // Why an edit was refused, in words; names stand for identities.
  ui.refusal = function (error) {
    if (error.name !== "Refused") throw error;
    var params = Object.assign({}, error.params), word = "no_" + error.reason, state = ui.state;
    if (params.grid) params.grid = ui.nameOf(state.grids.has(params.grid) ? params.grid : byCode(params.grid));
    ["other", "code"].forEach(function (name) { if (params[name]) params[name] = ui.communityName(params[name]); });
    if (params.atom !== undefined && state.atomAt.has(params.atom)) params.atom = ui.placeName(state.atomAt.get(params.atom));
    if (params.mistakes) {
      return gk.words[word] + " " + params.mistakes.slice(0, 3).map(function (one) {
        return gk.say("mistake", { line: one.line, what: gk.words["bad_" + one.code] || one.code }) + (one.what || one.value ? " (" + (one.what || one.value) + ")" : "");
      }).join("; ") + (params.mistakes.length > 3 || params.more ? " …" : "");
    }
    return gk.words[word] ? gk.say(word, params) : gk.say("no_argument", { op: params.op || error.reason });
  };

  function byCode(text) {
    var found = text;
    ui.state.grids.forEach(function (grid, uid) { if (grid.code === text) found = uid; });
    return found;
  }

  // Makes one edit; what it touched, or null where it was refused (and said why).
  ui.act = function (op, args) {
    try {
      var done = ui.session.do(op, args, given());
      ui.toast(ui.sentence(done.edit));
      return done;
    } catch (error) {
      ui.toast(ui.refusal(error), true);
      return null;
    }
  };

  // ---- what an edit would break

  function piecesOf(atoms) {
    var left = new Set(atoms), n = 0;
    while (left.size) {
      var first = left.values().next().value, waiting = [first];
      left.delete(first);
      n++;
      while (waiting.length) {
        ui.state.near(waiting.pop()).forEach(function (edge) { if (left.delete(edge[0])) waiting.push(edge[0]); });
      }
    }
    return n;
  }

  // Grids that would lie in more pieces than now if compounds went to a grid: [uid, ...].
  ui.wouldBreak = function (atoms, to) {
    var taken = new Set(atoms), touched = new Set(), out = [];
    taken.forEach(function (i) { if (ui.state.grid[i]) touched.add(ui.state.grid[i]); });
    touched.forEach(function (uid) {
      var left = Array.from(ui.state.members(uid)).filter(function (i) { return !taken.has(i); });
      if (uid !== to && piecesOf(left) > Math.max(1, piecesOf(ui.state.members(uid)))) out.push(uid);
    });
    if (to) {
      var members = ui.state.members(to), before = members ? piecesOf(members) : 0;
      if (piecesOf(Array.from(members || []).concat(Array.from(taken))) > Math.max(1, before)) out.push(to);
    }
    return out;
  };

  // Whether to go on with what breaks grids; says so either way.
  function allowed(broken) {
    if (!broken.length) return true;
    ui.toast(gk.say(ui.strict ? "refused_broken" : "warn_broken", { grids: broken.map(ui.nameOf).join(", ") }), true);
    return !ui.strict;
  }

  // Why a compound cannot go to a grid: "" where it can.
  ui.blocked = function (i, to) {
    var from = ui.state.grid[i], grid = from && ui.state.grids.get(from), goal = to && ui.state.grids.get(to);
    if (grid && grid.locked) return "locked";
    if (goal && goal.locked) return "goal_locked";
    if (goal && goal.community !== ui.codeOf(i)) return "community";
    return "";
  };
  ui.codeOf = function (i) { return ui.state.communities[ui.state.atoms.community[i]].code; };

  // Whether one of some grids is locked; says so before anything is asked.
  ui.shut = function (uids) {
    var locked = uids.filter(function (uid) { return uid && ui.state.grids.get(uid).locked; })[0];
    if (locked) ui.toast(gk.say("no_locked", { grid: ui.nameOf(locked) }), true);
    return !!locked;
  };

  // Moves compounds to a grid ("" for none); `skipped` counts those that could not go, by why.
  ui.move = function (atoms, to, skipped) {
    var list = Array.from(atoms);
    if (!list.length) { ui.told(skipped); return null; }
    var broken = ui.wouldBreak(list, to);
    if (broken.length && ui.strict) { allowed(broken); return null; }
    var households = list.reduce(function (sum, i) { return sum + ui.state.atoms.households[i]; }, 0);
    var done = ui.act("move", { atoms: list.map(function (i) { return ui.state.atoms.id[i]; }).sort(board.byCode), to: to });
    if (!done) return null;
    if (broken.length) allowed(broken);
    else if (!ui.told(skipped)) ui.toast(gk.say(to ? "moved" : "erased", { n: list.length, households: ui.number(households), grid: ui.nameOf(to) }));
    return done;
  };

  // Says which compounds were left out, and why; false where there were none.
  ui.told = function (skipped) {
    var said = Object.keys(skipped || {}).filter(function (why) { return skipped[why]; }).map(function (why) {
      return gk.say("skipped_" + why, { n: skipped[why] });
    });
    if (said.length) ui.toast(said.join(" "), true);
    return said.length > 0;
  };

  ui.fresh_grid = function (atoms, kind, community) {
    var list = Array.from(atoms), broken = ui.wouldBreak(list, "");
    if (broken.length && ui.strict) { allowed(broken); return null; }
    if (list.length && piecesOf(list) > 1 && ui.strict) { ui.toast(gk.words.refused_pieces, true); return null; }
    var done = ui.act("new", { community: community, kind: kind, atoms: list.map(function (i) { return ui.state.atoms.id[i]; }).sort(board.byCode) });
    if (!done) return null;
    ui.setActive(done.created[0]);
    if (!broken.length) ui.toast(gk.say("made_new", { grid: ui.nameOf(done.created[0]), n: list.length }));
    else allowed(broken);
    return done;
  };

  // Merges one grid into another after a question; the one that goes on keeps its name.
  ui.merge = function (from, into) {
    if (ui.shut([from, into])) return;
    var a = ui.totals(from), b = ui.totals(into), both = Array.from(ui.state.members(from)), broken = ui.wouldBreak(both, into);
    if (broken.length && ui.strict) { allowed(broken); return; }
    ui.confirm(gk.say("ask_merge", { from: ui.nameOf(from), a: ui.number(a.size), into: ui.nameOf(into), b: ui.number(b.size), sum: ui.number(a.size + b.size) }) +
      (broken.length ? " " + gk.say("warn_apart", {}) : ""), gk.words.do_merge, function () {
      var name = ui.nameOf(from);
      if (ui.act("merge", { grids: [from], into: into })) { ui.setActive(into); ui.toast(gk.say("merged", { from: name, into: ui.nameOf(into), sum: ui.number(ui.totals(into).size) })); }
    });
  };

  ui.splitParts = function (uid, parts, more) {
    if (ui.shut([uid])) return;
    var atoms = ui.state.atoms, sizes = parts.map(function (part) {
      return ui.number(part.reduce(function (sum, id) { var i = ui.state.atomAt.get(id); return sum + (ui.measureOf(uid) === "persons" ? atoms.persons[i] : atoms.households[i]); }, 0));
    });
    ui.preview = { parts: parts.map(function (part) { return part.map(function (id) { return ui.state.atomAt.get(id); }); }) };
    ui.frame();
    ui.confirm(gk.say("ask_split", { grid: ui.nameOf(uid), n: parts.length, sizes: sizes.join(" + ") }) + (more || ""), gk.words.do_split, function () {
      var name = ui.nameOf(uid), done = ui.act("split", { grid: uid, parts: parts });
      if (done) ui.toast(gk.say("was_split", { grid: name, n: parts.length, fresh: done.created.map(ui.nameOf).join(", ") }));
    });
  };

  ui.splitInTwo = function (uid) {
    try {
      var found = board.splitInTwo(ui.state, uid);
      ui.splitParts(uid, found.parts, found.inside ? "" : " " + gk.words.split_outside);
    } catch (error) { ui.toast(ui.refusal(error), true); }
  };

  ui.normOf = function (uid) {
    var grid = ui.state.grids.get(uid), at = grid ? ui.state.communityAt.get(grid.community) : undefined;
    return at === undefined ? ui.state.norm : ui.state.normOf(at);
  };
  ui.measureOf = function (uid) { return ui.normOf(uid).measure; };

  // ---- undo and redo

  function step(what, empty) {
    if (!ui.session[empty]) { ui.toast(gk.words["nothing_to_" + what]); return; }
    ui.cancel();
    try {
      var done = ui.session[what](given());
      var edit = done.undone && done.undone.op ? done.undone : done.edit;
      ui.toast(gk.say("did_" + what, { what: gk.words["op_" + edit.op] }));
      if (ui.active && !ui.state.grids.has(ui.active)) ui.setActive("");
    } catch (error) { ui.toast(ui.refusal(error), true); }
  }
  ui.undo = function () { step("undo", "canUndo"); };
  ui.redo = function () { step("redo", "canRedo"); };

  // ---- the grid that is worked on

  ui.setActive = function (uid, show) {
    ui.active = uid && ui.state.grids.has(uid) ? uid : "";
    if (show && ui.active) {
      var members = Array.from(ui.state.members(uid));
      if (members.length) ui.show(members, 0.35);
    }
    ui.panel();
    ui.toolChanged();
    ui.frame();
  };
})();
