// The review page: the list of decisions, the card of one of them, the keyboard.
(function () {
  "use strict";
  var review = gk.review, tools = review.tools, TALL = 46, byId = document.getElementById.bind(document);
  var shown = [], at = -1, aliasing = false, picked = [], extra = new Map(), drafts = new Map(), toast;

  var words, rows;

  // ---- small helpers

  function say(text) {
    byId("gk-toast").textContent = text;
    byId("gk-toast").classList.add("gk-on");
    clearTimeout(toast);
    toast = setTimeout(function () { byId("gk-toast").classList.remove("gk-on"); }, 4000);
  }

  // The candidates of a decision, and the place that was picked on the map.
  function candidatesOf(row) {
    var more = extra.get(row.k);
    return more ? row.d.concat([more]) : row.d;
  }

  function byNumber(row, number) {
    return number === 0 ? extra.get(row.k) : row.d[number - 1];
  }

  function isChosen(row, one) {
    var mine = review.of(row.k);
    if (picked.indexOf(one.t) >= 0) return true;
    return !!mine && mine.target.split(/[;；]/).some(function (part) { return part.trim() === one.t; });
  }

  function told(row) {
    var mine = review.of(row.k);
    if (!mine) return "";
    var names = mine.target.split(/[;；]/).map(function (part) {
      var one = candidatesOf(row).filter(function (other) { return other.t === part.trim(); })[0];
      return one && one.n ? one.n + " " + one.t : part.trim();
    });
    return gk.say("is_" + mine.decision, { target: names.join(", ") });
  }

  // ---- the list

  function matches(row, query, show, column) {
    var mine = !!review.of(row.k);
    if (show === "open" && mine || show === "decided" && !mine || show === "matters" && !row.ch.length) return false;
    if (column && row.kind + "/" + row.field !== column) return false;
    return !query || row.text.indexOf(query) >= 0;
  }

  function choose() {
    var query = gk.fold(byId("gk-query").value.trim()), show = byId("gk-show").value, column = byId("gk-column").value;
    var current = at < 0 ? null : rows[at];
    shown = [];
    rows.forEach(function (row, i) { if (matches(row, query, show, column)) shown.push(i); });
    if (!current || shown.indexOf(at) < 0) at = shown.length ? shown[0] : -1;
    leave();
    drawList(true);
    drawCard();
  }

  function drawList(jump) {
    var list = byId("gk-list"), place = shown.indexOf(at);
    list.firstElementChild.style.height = shown.length * TALL + "px";
    if (jump && place >= 0) {
      var top = place * TALL, room = list.clientHeight;
      if (top < list.scrollTop) list.scrollTop = top;
      else if (top + TALL > list.scrollTop + room) list.scrollTop = top + TALL - room;
    }
    drawRows();
    drawProgress();
  }

  function drawRows() {
    var list = byId("gk-list"), space = list.firstElementChild;
    var first = Math.max(0, Math.floor(list.scrollTop / TALL) - 4);
    var last = Math.min(shown.length, Math.ceil((list.scrollTop + list.clientHeight) / TALL) + 4);
    space.textContent = "";
    for (var i = first; i < last; i++) space.appendChild(option(i));
    if (!shown.length) space.appendChild(gk.el("p", { class: "gk-empty", text: rows.length ? words.nothing_shown : words.nothing_open }));
    if (at >= 0) list.setAttribute("aria-activedescendant", "gk-row-" + at); else list.removeAttribute("aria-activedescendant");
  }

  function option(i) {
    var row = rows[shown[i]], mine = review.of(row.k), mark = { link: "✓", alias: "≈", split: "⧉", no_match: "✗" };
    var node = gk.el("div", { class: "gk-option" + (mine ? " gk-done" : ""), role: "option", id: "gk-row-" + shown[i], "data-key": row.k,
      "aria-selected": String(shown[i] === at), "aria-posinset": i + 1, "aria-setsize": shown.length,
      on: { click: function () { go(shown[i]); } } }, [
      gk.el("span", { class: "gk-mark", text: mine ? mark[mine.decision] : "" }),
      gk.el("span", { class: "gk-what" }, [gk.el("b", { text: row.m }), gk.el("small", { text: [row.p, row.label].filter(Boolean).join(" · ") })]),
      gk.el("span", { class: "gk-impact" + (row.ch.length ? "" : " gk-zero"), text: String(row.ch.length), title: gk.say(row.ch.length ? "impact" : "no_impact", { n: row.ch.length, households: row.h }) })
    ]);
    node.style.top = i * TALL + "px";
    return node;
  }

  function drawProgress() {
    var done = review.count(), all = rows.length;
    byId("gk-progress").textContent = gk.say("progress", { done: done, all: all, compounds: review.settled(), changed: review.changed });
    byId("gk-bar").setAttribute("aria-valuemax", all);
    byId("gk-bar").setAttribute("aria-valuenow", done);
    byId("gk-bar").firstElementChild.style.width = (all ? 100 * done / all : 0) + "%";
    var unsaved = review.unsaved();
    byId("gk-kept").textContent = [unsaved ? gk.say("unsaved", { n: unsaved }) : "", review.keeps ? words.kept : ""].filter(Boolean).join(" · ");
  }

  // ---- moving

  function leave() { aliasing = false; picked = []; }

  function go(i) {
    if (i !== at) leave();
    at = i;
    drawList(true);
    drawCard();
  }

  function move(by) {
    var place = shown.indexOf(at);
    if (shown.length) go(shown[Math.min(Math.max(place + by, 0), shown.length - 1)]);
  }

  // The next row of the list that is not decided, from the top again where there is none below.
  function next() {
    var place = shown.indexOf(at);
    for (var step = 1; step <= shown.length; step++) {
      var i = shown[(place + step) % shown.length];
      if (!review.of(rows[i].k)) { go(i); return; }
    }
    go(at);
    if (shown.length) say(words.all_done);
  }

  // ---- deciding

  function decide(kind, target) {
    var row = rows[at], before = review.of(row.k) || {};
    review.change([[row.k, { decision: kind, target: target, reason: drafts.has(row.k) ? drafts.get(row.k) : before.reason || "",
      role: review.role || "", date: tools.today(), expires: before.expires || "" }]], at);
    leave();
    next();
  }

  function press(number) {
    var row = rows[at], one = at < 0 ? null : byNumber(row, number);
    if (!one) { if (at >= 0) say(gk.say("no_such", { n: number })); return; }
    decide(aliasing ? "alias" : "link", one.t);
  }

  function toggle(number) {
    var row = rows[at], one = at < 0 ? null : byNumber(row, number);
    if (!one) return;
    if (!row.several) { say(words.not_several); return; }
    aliasing = false;
    picked = picked.indexOf(one.t) >= 0 ? picked.filter(function (t) { return t !== one.t; }) : picked.concat([one.t]);
    drawCard(true);
  }

  function confirm() {
    if (picked.length === 1) decide("link", picked[0]);
    else if (picked.length) decide("split", picked.join(";"));
  }

  function arm() {
    if (at < 0 || !candidatesOf(rows[at]).length) return;
    aliasing = !aliasing;
    picked = [];
    drawCard(true);
  }

  function withdraw() {
    if (at < 0 || !review.of(rows[at].k)) return;
    review.change([[rows[at].k, null]], at);
    leave();
    drawList(true);
    drawCard(true);
  }

  function undo() {
    var place = review.undo();
    if (place < 0) { say(words.nothing_to_undo); return; }
    at = place;
    drafts.delete(rows[at] && rows[at].k);
    leave();
    if (shown.indexOf(at) < 0) choose();
    go(at);
    if (rows[at]) say(gk.say("undone", { mention: rows[at].m }));
  }

  function pick(code) {
    var row = rows[at], level = gk.levels.compound, i = level.at.get(code);
    var community = gk.levels.community, lying = "";
    for (var k = 0; community && k < community.n; k++) {
      if (community.hit(k, level.label[2 * i], level.label[2 * i + 1], 0)) { lying = community.name(k); break; }
    }
    extra.set(row.k, { l: "compound", i: code, t: code, n: level.name(i), p: lying, s: "", w: words.picked, picked: true });
    drawCard(true);
  }

  // ---- the card

  function candidate(row, one, number) {
    var place = review.placeOf(one), shift = function (event) { if (event.shiftKey) toggle(number); else press(number); };
    return gk.el("li", {}, [gk.el("button", { type: "button", class: "gk-pick" + (isChosen(row, one) ? " gk-chosen" : ""), "data-number": number, "data-target": one.t,
      on: { click: shift, mouseenter: function () { review.hot(number); }, mouseleave: function () { review.hot(-1); },
        focus: function () { review.hot(number); }, blur: function () { review.hot(-1); } } }, [
      gk.el("kbd", { text: String(number) }),
      gk.el("span", { class: "gk-one" }, [
        gk.el("span", { class: "gk-line" }, [gk.el("b", {}, tools.compared(one, row)), gk.el("span", { text: one.p }), gk.el("small", { text: one.t })]),
        gk.el("span", { class: "gk-why", text: one.w + (place ? "" : " · " + words.without_place) })]),
      gk.el("span", { class: "gk-points", text: one.s ? gk.say("points", { score: one.s }) : "" })
    ])]);
  }

  function noted(row) {
    return function (text, final) {
      drafts.set(row.k, text);
      var mine = review.of(row.k);
      if (final && mine && mine.reason !== text) review.change([[row.k, Object.assign({}, mine, { reason: text })]], review.at.get(row.k));
      drawProgress();
    };
  }

  // One line: what is being picked, else what has been decided.
  function standing(row) {
    var hint = aliasing ? words.alias_hint : picked.length ? gk.say("several_hint", { n: picked.length }) : "";
    return gk.el("p", { class: hint ? "gk-hint" : "gk-verdict", id: "gk-standing", text: hint || told(row) });
  }

  function drawCard(keep) {
    var card = byId("gk-card"), row = at < 0 ? null : rows[at];
    card.textContent = "";
    if (!row) { review.showMap(null, { candidates: [] }); return; }
    var mine = review.of(row.k), list = candidatesOf(row);
    var cells = row.c.join("\n") + (row.n > row.c.length ? "\n" + gk.say("more_cells", { n: row.n - row.c.length }) : "");
    var facts = [].concat(tools.fact(words.stated, row.p), tools.fact(words.address, row.a), tools.fact(words.where, cells));
    [gk.el("p", { class: "gk-label", text: row.label }), gk.el("h2", { text: row.m }),
      gk.el("p", { class: "gk-effect" + (row.ch.length ? " gk-matters" : ""), text: gk.say(row.ch.length ? "impact" : "no_impact", { n: row.ch.length, households: row.h }) }),
      gk.el("dl", {}, facts),
      gk.el("h3", { text: words.candidates }),
      list.length ? gk.el("ol", {}, list.map(function (one, i) { return candidate(row, one, one.picked ? 0 : i + 1); }))
        : gk.el("p", { class: "gk-empty", text: words.no_candidates }),
      standing(row),
      gk.el("div", { class: "gk-actions" }, [
        tools.action("n", words.no_match, function () { decide("no_match", ""); }, { id: "gk-none", "aria-pressed": String(!!mine && mine.decision === "no_match") }),
        list.length ? tools.action("a", words.alias, arm, { id: "gk-alias", "aria-pressed": String(aliasing) }) : gk.el("span"),
        tools.action("s", words.skip, next, { id: "gk-skip" }), tools.action("u", words.undo, undo, { id: "gk-undo" }),
        mine ? tools.action("Del", words.withdraw, withdraw, { id: "gk-withdraw" }) : gk.el("span")]),
      gk.el("div", { class: "gk-fields" }, [
        tools.field("gk-reason", words.reason, drafts.has(row.k) ? drafts.get(row.k) : mine ? mine.reason : "", noted(row)),
        tools.field("gk-role", words.role, review.role || "", function (text, final) { review.role = text; if (final) review.keep(); })])
    ].forEach(function (node) { card.appendChild(node); });
    if (!keep) card.scrollTop = 0;
    if (!keep && document.body.classList.contains("gk-ready") && window.innerWidth <= 720) card.scrollIntoView({ block: "start" });
    review.showMap(row, { candidates: list, chosen: function (one) { return isChosen(row, one); }, choose: press, pick: pick, hot: -1 }, keep);
  }

  // ---- files

  function download() {
    if (!review.count() && !review.foreign()) { say(words.nothing_to_save); return; }
    var url = URL.createObjectURL(new Blob([review.csv()], { type: "text/csv;charset=utf-8" })), file = words.file + ".csv";
    var link = gk.el("a", { href: url, download: file });
    document.body.appendChild(link);
    link.click();
    link.remove();
    setTimeout(function () { URL.revokeObjectURL(url); }, 1000);
    review.markSaved();
    drawProgress();
    say(gk.say("saved", { n: review.count() + review.foreign(), file: file }) + " " + words.next);
  }

  function read(text) {
    var found = review.read(text, Math.max(at, 0));
    if (!found) { say(words.not_ours); return; }
    leave();
    choose();
    var parts = [gk.say("imported", { n: found.count, foreign: found.foreign })];
    if (found.replaced) parts.push(gk.say("replaced", { n: found.replaced }));
    if (found.bad) parts.push(gk.say("bad_lines", { n: found.bad }));
    say(parts.join(" "));
    dialog(false);
  }

  function dialog(open) {
    byId("gk-dialog").hidden = !open;
    if (open) {
      byId("gk-csv").value = review.csv();
      byId("gk-csv").focus();
      byId("gk-csv").select();
    } else byId("gk-list").focus();
  }

  function copy() {
    var area = byId("gk-csv");
    area.focus();
    area.select();
    var done = false;
    try { done = document.execCommand("copy"); } catch (error) { done = false; }
    say(done ? words.copied : words.copy_failed);
    if (done) { review.markSaved(); drawProgress(); }
  }

  // ---- the keyboard

  function typed(event) {
    if (!byId("gk-dialog").hidden) { if (event.key === "Escape") dialog(false); return; }
    var tag = event.target.tagName, writing = tag === "INPUT" || tag === "TEXTAREA" || tag === "SELECT";
    if (event.key === "Escape") { if (writing) event.target.blur(); leave(); drawCard(true); return; }
    if (writing) { if (event.key === "Enter" && !event.isComposing) event.target.blur(); return; }
    if ((event.ctrlKey || event.metaKey) && !event.shiftKey && tools.letterOf(event) === "z") { event.preventDefault(); undo(); return; }
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (pressed(event)) event.preventDefault();
  }

  function pressed(event) {
    var digit = /^[0-5]$/.test(event.key) ? +event.key : -1, code = /^Digit([0-5])$/.exec(event.code || "");
    var plain = { n: function () { if (at >= 0) decide("no_match", ""); }, a: arm, s: next, u: undo };
    var named = { ArrowDown: function () { move(1); }, ArrowUp: function () { move(-1); }, PageDown: function () { move(10); }, PageUp: function () { move(-10); },
      Home: function () { move(-shown.length); }, End: function () { move(shown.length); }, Delete: withdraw, Backspace: withdraw,
      "/": function () { byId("gk-query").focus(); byId("gk-query").select(); } };
    if (digit >= 0) press(digit);
    else if (event.shiftKey && code) toggle(+code[1]);
    else if (event.key === "Enter" && picked.length) confirm();
    else if (named[event.key]) named[event.key]();
    else if (!event.repeat && plain[tools.letterOf(event)]) plain[tools.letterOf(event)]();
    else return false;
    return true;
  }

  // ---- the start

  function prepare() {
    var data = gk.inflate(byId("gk-rows").textContent), columns = new Map();
    if (data.gk !== 1) throw new Error("gridkit review data of version " + data.gk);
    review.changed = data.changed;
    review.reset(data.rows);
    rows = data.rows;
    rows.forEach(function (row) {
      row.text = gk.fold([row.m, row.p, row.a, row.k, row.label].concat(row.d.map(function (one) { return one.n + " " + one.t + " " + one.p; })).join(" "));
      columns.set(row.kind + "/" + row.field, row.label);
    });
    tools.options(byId("gk-show"), ["all", "open", "decided", "matters"].map(function (one) { return [one, words[one]]; }));
    tools.options(byId("gk-column"), [["", words.every_column]].concat(Array.from(columns).sort()));
  }

  function listen() {
    byId("gk-query").addEventListener("input", choose);
    byId("gk-show").addEventListener("change", choose);
    byId("gk-column").addEventListener("change", choose);
    byId("gk-list").addEventListener("scroll", drawRows);
    new ResizeObserver(drawRows).observe(byId("gk-list"));
    byId("gk-save").addEventListener("click", download);
    byId("gk-text").addEventListener("click", function () { dialog(true); });
    byId("gk-close").addEventListener("click", function () { dialog(false); });
    byId("gk-copy").addEventListener("click", copy);
    byId("gk-read").addEventListener("click", function () { read(byId("gk-csv").value); });
    byId("gk-import").addEventListener("change", function (event) {
      var file = event.target.files[0];
      if (!file) return;
      file.arrayBuffer().then(function (data) {
        event.target.value = ""; // the same file can be read again
        read(tools.textOf(data));
      }, function () { say(words.not_ours); });
    });
    document.addEventListener("keydown", typed);
    window.addEventListener("beforeunload", function (event) { if (!review.keeps && review.unsaved()) event.preventDefault(); });
  }

  review.start = function () {
    try {
      gk.read();
      words = gk.words;
      prepare();
    } catch (error) {
      document.body.appendChild(gk.el("p", { class: "gk-noscript", text: "gridkit: " + error.message }));
      throw error;
    }
    var resumed = review.resume();
    review.makeMap(byId("gk-map"), document.querySelector(".gk-zoom"));
    tools.legend();
    listen();
    choose();
    if (resumed) { go(at); if (review.of(rows[at].k)) next(); say(gk.say("resumed", { n: resumed })); }
    else if (!review.keeps) say(words.not_kept);
    byId("gk-list").focus();
    document.body.classList.add("gk-ready");
  };
})();
