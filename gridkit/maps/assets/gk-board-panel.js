// Beside the map: the grid that is worked on, the table of grids with their bands, what is wrong, totals.
(function () {
  "use strict";
  var board = gk.board, ui = board.ui, view = ui.view, byId = ui.byId, TALL = 34, rows = [], several = false, at = {}, waiting = false;
  var KINDS = ["comprehensive", "exclusive", "basic", "micro", "unit_cell", "rural"];
  ui.kinds = KINDS;

  // ---- a bar from nothing to half again the most, the band marked, the number beside it

  ui.bar = function (uid, extra) {
    var total = ui.totals(uid), norm = ui.normOf(uid), size = total.size + (extra || 0), grid = ui.state.grids.get(uid), end = norm.high * 1.5;
    var judged = grid && grid.kind === "comprehensive", band = !judged ? "other" : size < norm.low ? "low" : size > norm.high ? "high" : "in";
    var off = band === "low" ? size - norm.low : band === "high" ? size - norm.high : 0;
    var zone = gk.el("i", { class: "gk-zone" }), best = gk.el("i", { class: "gk-best" }), fill = gk.el("i", { class: "gk-fill" });
    zone.style.left = 100 * norm.low / end + "%";
    zone.style.width = 100 * (norm.high - norm.low) / end + "%";
    best.style.left = 100 * norm.best / end + "%";
    fill.style.width = Math.min(100, 100 * size / end) + "%";
    var said = gk.say("bar_" + band, { size: ui.number(size), measure: gk.words["measure_" + norm.measure], low: norm.low, best: norm.best, high: norm.high, off: ui.number(Math.abs(off)) });
    return gk.el("span", { class: "gk-bar gk-" + band, title: said }, [
      gk.el("span", { class: "gk-track", "aria-hidden": "true" }, judged ? [zone, fill, best] : [fill]),
      gk.el("b", { text: ui.number(size) }),
      gk.el("small", { text: band === "in" ? "✓" : band === "other" ? "" : (off < 0 ? "▼" : "▲") + ui.number(Math.abs(off)) }),
      gk.el("span", { class: "gk-said", text: said })]);
  };

  function compact(value) { return value === null || value === undefined ? "–" : value.toFixed(2); }

  // ---- the grid that is worked on

  function action(id, word, what, off) {
    return gk.el("button", Object.assign({ type: "button", id: id, text: gk.words[word], on: { click: what } }, off ? { disabled: "" } : {}));
  }

  function select(id, pairs, value, change, label) {
    var node = gk.el("select", { id: id, "aria-label": label, on: { change: function (event) { change(event.target.value); } } }, pairs.map(function (pair) {
      return gk.el("option", { value: pair[0], text: pair[1] });
    }));
    node.value = value;
    return node;
  }
  ui.select = select;

  function fact(word, value) { return [gk.el("div", {}, [gk.el("dt", { text: gk.words[word] }), gk.el("dd", { text: value })])]; }

  function atomFacts() {
    var i = ui.atom, atoms = ui.state.atoms;
    if (!(i >= 0) || atoms.id[i] === undefined || atoms.gone[i]) return [];
    return [gk.el("p", { class: "gk-atom" }, [gk.el("b", { text: ui.placeName(i) }), gk.el("span", { text: " " + [
      gk.words["kind_" + atoms.kind[i]], atoms.known[i] ? gk.say("n_households", { n: ui.number(atoms.households[i]) }) : gk.words.unknown_households, atoms.id[i]].join(" · ") })])];
  }

  function drawGrid() {
    var box = byId("gk-grid"), uid = ui.active, grid = uid && ui.state.grids.get(uid), focus = document.activeElement && document.activeElement.id;
    box.textContent = "";
    if (!grid) {
      box.appendChild(gk.el("p", { class: "gk-empty", text: gk.words.no_active }));
      atomFacts().forEach(function (node) { box.appendChild(node); });
      return;
    }
    var total = ui.totals(uid), chip = gk.el("i", { class: "gk-chip" });
    chip.style.background = ui.tintOf(uid);
    [gk.el("h2", {}, [chip, gk.el("span", { text: ui.nameOf(uid) }), gk.el("small", { text: [grid.name && grid.code, ui.communityName(grid.community)].filter(Boolean).join(" · ") })]),
      ui.bar(uid),
      gk.el("dl", {}, [].concat(fact("persons", ui.number(total.persons)), fact("atoms", ui.number(total.atoms)), fact("compactness", compact(total.compactness)),
        fact("pieces", total.pieces > 1 ? gk.say("in_pieces", { n: total.pieces }) : total.pieces ? gk.words.in_one : gk.words.is_empty),
        total.unknown ? fact("unknown", gk.say("n_unknown", { n: total.unknown })) : []))
    ].concat(atomFacts(), [gk.el("div", { class: "gk-actions" }, [
      select("gk-kind", KINDS.map(function (kind) { return [kind, gk.words["grid_" + kind]]; }), grid.kind, function (kind) { if (!ui.act("set_kind", { grid: uid, kind: kind })) drawGrid(); }, gk.words.kind),
      action("gk-lock", grid.locked ? "unlock" : "lock", function () { ui.act(grid.locked ? "unlock" : "lock", { grid: uid }); }),
      action("gk-rename", "rename", function () { ui.askName(uid); }),
      action("gk-two", "split_two", function () { ui.splitInTwo(uid); }, total.atoms < 2 || grid.locked),
      action("gk-retire", "retire", function () { var done = ui.act("retire", { grid: uid }); if (done) ui.setActive(""); }, total.atoms > 0 || grid.locked),
      action("gk-go", "zoom_to", function () { ui.setActive(uid, true); })])
    ]).forEach(function (node) { box.appendChild(node); });
    byId("gk-retire").title = gk.words[total.atoms ? "retire_hint" : "retire"];
    if (focus && byId(focus) && box.contains(byId(focus))) byId(focus).focus();
  }

  // ---- the table

  function chosen() {
    var where = byId("gk-where").value, sort = byId("gk-sort").value, out = [];
    if (where === "here") where = ui.active ? ui.state.grids.get(ui.active).community : "";
    ui.state.grids.forEach(function (grid, uid) { if (!where || grid.community === where) out.push(uid); });
    var key = { name: ui.nameOf, size: function (uid) { return ui.totals(uid).size; }, off: function (uid) { return -Math.abs(ui.totals(uid).outside); },
      compactness: function (uid) { var c = ui.totals(uid).compactness; return c === null ? 9 : c; }, pieces: function (uid) { return -ui.totals(uid).pieces; } }[sort];
    var made = out.map(function (uid) { return [ui.state.grids.get(uid).community, key ? key(uid) : ui.state.grids.get(uid).code || ui.nameOf(uid), uid]; });
    several = made.some(function (one) { return one[0] !== made[0][0]; });
    made.sort(function (a, b) {
      if (!sort && a[0] !== b[0]) return a[0] < b[0] ? -1 : 1;
      return a[1] < b[1] ? -1 : a[1] > b[1] ? 1 : a[2] < b[2] ? -1 : 1;
    });
    return made.map(function (one) { return one[2]; });
  }

  function row(k) {
    var uid = rows[k], grid = ui.state.grids.get(uid), total = ui.totals(uid), chip = gk.el("i", { class: "gk-chip" });
    chip.style.background = ui.tintOf(uid);
    var states = [];
    if (total.pieces > 1) states.push(["✂" + total.pieces, gk.say("in_pieces", { n: total.pieces })]);
    if (!total.atoms) states.push(["∅", gk.words.is_empty]);
    if (grid.kind !== "comprehensive") states.push(["◆", gk.words["grid_" + grid.kind]]);
    if (!states.length && !grid.locked) states.push(["✓", gk.words.in_one]);
    var mark = gk.icon("M3 7h10v7h-10zM5 7v-3a3 3 0 0 1 6 0v3"), said = states.map(function (one) { return one[1]; }).concat(grid.locked ? [gk.words.locked] : []).join(", ");
    mark.setAttribute("class", "gk-lock");
    var node = gk.el("div", { class: "gk-row", role: "option", id: "gk-row-" + k, "data-uid": uid, "aria-selected": String(uid === ui.active), "aria-posinset": k + 1, "aria-setsize": rows.length,
      on: { click: function () { ui.setActive(uid, true); } } }, [
      gk.el("span", { class: "gk-name", title: [ui.nameOf(uid), grid.code, ui.communityName(grid.community)].filter(Boolean).join(" · ") }, [chip,
        gk.el("span", {}, [gk.el("b", { text: ui.nameOf(uid) })].concat(several ? [gk.el("small", { text: ui.communityName(grid.community) })] : []))]),
      ui.bar(uid), gk.el("span", { class: "gk-num", text: compact(total.compactness), title: gk.words.compactness }),
      gk.el("span", { class: "gk-state", title: said, "aria-label": said }, (grid.locked ? [mark] : []).concat([gk.el("span", { text: states.map(function (one) { return one[0]; }).join(" ") })]))]);
    node.style.top = k * TALL + "px";
    return node;
  }

  function drawRows() {
    rows = rows.filter(function (uid) { return ui.state.grids.has(uid); }); // scrolled before the table was made again
    var list = byId("gk-rows"), space = list.firstElementChild, first = Math.max(0, Math.floor(list.scrollTop / TALL) - 3);
    var last = Math.min(rows.length, Math.ceil((list.scrollTop + list.clientHeight) / TALL) + 3);
    space.style.height = rows.length * TALL + "px";
    space.textContent = "";
    for (var k = first; k < last; k++) space.appendChild(row(k));
    if (!rows.length) space.appendChild(gk.el("p", { class: "gk-empty", text: gk.words.no_grids }));
    var mine = rows.indexOf(ui.active);
    if (mine >= first && mine < last) list.setAttribute("aria-activedescendant", "gk-row-" + mine); else list.removeAttribute("aria-activedescendant");
  }

  function reveal() {
    var list = byId("gk-rows"), k = rows.indexOf(ui.active), top = k * TALL;
    if (k < 0) return;
    if (top < list.scrollTop) list.scrollTop = top;
    else if (top + TALL > list.scrollTop + list.clientHeight) list.scrollTop = top + TALL - list.clientHeight;
  }

  function drawSum() {
    var where = byId("gk-where").value;
    if (where === "here") where = ui.active ? ui.state.grids.get(ui.active).community : "";
    var sum = where ? ui.session.community(where) : ui.session.city();
    byId("gk-sum").textContent = gk.say("sum", { grids: ui.number(sum.grids), in_band: ui.number(sum.in_band), judged: ui.number(sum.judged), households: ui.number(sum.households), persons: ui.number(sum.persons),
      unassigned: ui.number(sum.unassigned) });
    var all = sum.locked === sum.grids && sum.grids > 0, button = byId("gk-lock-all");
    button.textContent = gk.words[where ? all ? "unlock_community" : "lock_community" : all ? "unlock_all" : "lock_all"];
    button.onclick = function () { ui.act(all ? "unlock" : "lock", where ? { community: where } : {}); };
    if (byId("gk-propose")) { byId("gk-propose").hidden = !(board.server && board.server.propose); byId("gk-propose").disabled = !where; byId("gk-propose").onclick = function () { board.server.propose(where); }; }
  }

  // ---- what is wrong, one after the other

  var GROUPS = [["unassigned", ["unassigned"], "▨"], ["broken", ["broken", "strange"], "✂"], ["outside", ["below", "above", "too_large"], "▲"], ["empty", ["empty"], "∅"]];

  function drawChips() {
    var box = byId("gk-chips"), all = ui.session.problems(), focus = document.activeElement && document.activeElement.id;
    box.textContent = "";
    GROUPS.forEach(function (group) {
      var list = all.filter(function (one) { return group[1].indexOf(one.code) >= 0; }), n = list.length;
      if (group[0] === "empty" && !n) return;
      var text = gk.say("chip_" + group[0], { n: ui.number(n) });
      box.appendChild(gk.el("span", { class: "gk-problem" + (n ? "" : " gk-none") }, [
        gk.el("button", { type: "button", id: "gk-back-" + group[0], text: "‹", "aria-label": gk.say("previous", { what: text }), title: gk.say("previous", { what: text }), on: { click: function () { go(group[0], list, -1); } } }),
        gk.el("b", { text: (n ? group[2] : "✓") + " " + text }),
        gk.el("button", { type: "button", id: "gk-next-" + group[0], text: "›", "aria-label": gk.say("next", { what: text }), title: gk.say("next", { what: text }), on: { click: function () { go(group[0], list, 1); } } })]));
    });
    Array.from(box.querySelectorAll(".gk-none button")).forEach(function (button) { button.disabled = true; });
    if (focus && byId(focus) && box.contains(byId(focus))) byId(focus).focus();
  }

  function go(name, list, by) {
    if (!list.length) return;
    at[name] = ((at[name] === undefined ? (by > 0 ? -1 : 0) : at[name]) + by + list.length) % list.length;
    var one = list[at[name]], members = one.uid && ui.state.grids.has(one.uid) ? Array.from(ui.state.members(one.uid)) : one.atom >= 0 ? [one.atom] : [];
    ui.setActive(one.uid || "");
    if (one.atom >= 0) ui.atom = one.atom;
    if (members.length) ui.show(members, one.uid ? 0.4 : 2, !one.uid);
    ui.panel();
    ui.toast(gk.say("problem_" + one.code, { n: ui.number(Math.abs(one.n || 0)), grid: ui.nameOf(one.uid), place: one.atom >= 0 ? ui.placeName(one.atom) : "", community: ui.communityName(one.community),
      at: at[name] + 1, all: list.length }));
  }

  // ---- what a stroke would make of the grids

  ui.hud = function () {
    var box = byId("gk-hud"), stroke = ui.stroke;
    box.hidden = !stroke || !stroke.atoms.size;
    if (box.hidden) return;
    if (stroke.told === stroke.atoms.size) return;
    stroke.told = stroke.atoms.size;
    var per = new Map(), sum = 0;
    stroke.atoms.forEach(function (i) {
      var norm = ui.state.normOf(ui.state.atoms.community[i]), n = norm.measure === "persons" ? ui.state.atoms.persons[i] : ui.state.atoms.households[i], uid = ui.state.grid[i];
      sum += n;
      if (uid) per.set(uid, (per.get(uid) || 0) + n);
    });
    box.textContent = "";
    box.appendChild(gk.el("p", { text: gk.say("caught", { n: stroke.atoms.size, size: ui.number(sum) }) }));
    function line(uid, extra) { box.appendChild(gk.el("div", {}, [gk.el("b", { text: ui.cut(ui.nameOf(uid), 12) }), ui.bar(uid, extra)])); }
    if (stroke.to) line(stroke.to, sum);
    Array.from(per.keys()).slice(0, 4).forEach(function (uid) { line(uid, -per.get(uid)); });
    var broken = ui.wouldBreak(stroke.atoms, stroke.to || "");
    if (broken.length) box.appendChild(gk.el("p", { class: "gk-breaks", text: "✂ " + gk.say("would_break", { grids: broken.slice(0, 3).map(ui.nameOf).join(", ") }) }));
  };

  // ---- all of it

  function table() {
    rows = chosen();
    drawGrid();
    drawRows();
    reveal();
  }

  // One part after the other, so that no frame waits for all of them.
  ui.panel = function () {
    if (waiting) return;
    waiting = true;
    setTimeout(function () {
      waiting = false;
      [table, drawChips, drawSum, ui.changes].forEach(function (part, k) { if (k) setTimeout(part, 12 * k); else part(); });
    }, 0);
  };

  ui.under = function (where) {
    var i = where ? where.atom : -1, atoms = ui.state.atoms;
    byId("gk-under").textContent = i < 0 ? "" : [ui.placeName(i), atoms.known[i] ? gk.say("n_households", { n: ui.number(atoms.households[i]) }) : gk.words.unknown_households, ui.nameOf(ui.state.grid[i]), ui.communityName(ui.codeOf(i))].join(" · ");
  };

  function typed(event) {
    var by = { ArrowDown: 1, ArrowUp: -1, PageDown: 8, PageUp: -8, Home: -1e6, End: 1e6 }[event.key], k = rows.indexOf(ui.active);
    if (by === undefined || !rows.length) return;
    event.preventDefault();
    event.stopPropagation();
    ui.setActive(rows[Math.max(0, Math.min(rows.length - 1, (k < 0 ? (by > 0 ? -1 : 0) : k) + by))], true);
  }

  ui.startPanel = function () {
    var where = byId("gk-where");
    [["here", gk.words.community_here], ["", gk.words.community_all]].concat(ui.state.communities.map(function (one) { return [one.code, (one.name ? one.name + " " : "") + one.code]; })).forEach(function (pair) {
      where.appendChild(gk.el("option", { value: pair[0], text: pair[1] }));
    });
    ["", "name", "size", "off", "compactness", "pieces"].forEach(function (one) { byId("gk-sort").appendChild(gk.el("option", { value: one, text: gk.words["sort_" + (one || "code")] })); });
    where.addEventListener("change", function () {
      var box = ui.communityBoxes().get(where.value);
      if (box) view.fit(box); else if (!where.value) view.fit(view.whole());
      ui.panel();
    });
    byId("gk-sort").addEventListener("change", ui.panel);
    byId("gk-rows").addEventListener("scroll", drawRows);
    byId("gk-rows").addEventListener("keydown", typed);
    new ResizeObserver(drawRows).observe(byId("gk-rows"));
    byId("gk-lock-all").insertAdjacentElement("afterend", gk.el("button", { type: "button", id: "gk-propose", hidden: "", text: gk.words.propose }));
  };
})();
