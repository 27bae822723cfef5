// An earlier run beside this one: statuses as they were, and what has changed, with counts, filter and a list to save.
(function () {
  "use strict";
  var MODES = ["before", "now", "swipe", "changes"], KINDS = ["gained", "lost", "invalid", "valid", "other", "new", "same"];
  var LOOK = { gained: ["#139d86", ""], lost: ["#e83504", "hatch"], invalid: ["#f2b233", "cross"], valid: ["#8fd3a5", "dots"], other: ["#9362b7", "rows"], new: ["#98c7f1", "columns"],
    same: ["#9aa0a9", ""], gone: ["#ffffff", "cross"] };
  var LISTED = 300; // gone compounds that the page shows; the saved list has all
  var given = null, mode = "changes", only = "", box, table, buttons = {}, passed = null, then = null, kinds = null, rows = [];

  function style(kind) { return { id: "change/" + kind, label: gk.words["change_" + kind], short: gk.words["changed_" + kind], color: LOOK[kind][0], pattern: LOOK[kind][1] }; }

  gk.moreStyles.push(function () {
    if (!gk.settings.compare) return [];
    return KINDS.map(style).concat({ id: "ABSENT", label: gk.words.not_then, color: "#ffffff", pattern: "cross" });
  });

  function isCover(status) { return ["UNCOVERED", "PLANNED", "UNKNOWN", ""].indexOf(status) < 0; }

  // What became of a compound that had the status `was` and has the status `is`; `held` and `holds`: whether it was and
  // is valid, which is told where the status alone says nothing.
  function kindOf(was, is, held, holds) {
    var kind = statusKind(was, is);
    if ((kind !== "same" && kind !== "other") || !isCover(was) || !isCover(is)) return kind;
    return held === "yes" && holds === "no" ? "invalid" : held === "no" && holds === "yes" ? "valid" : kind;
  }

  function statusKind(was, is) {
    var counts = given.counts_as;
    if (!was) return "new";
    if (was === is) return "same";
    if (was === "UNKNOWN" || is === "UNKNOWN") return "other"; // data came or went, that is no gain and no loss
    var had = counts.indexOf(was) >= 0, has = counts.indexOf(is) >= 0;
    return has && !had ? "gained" : had && !has ? "lost" : "other";
  }

  function heldAt(level, i) { return gk.has(level, "before_valid") ? level.get("before_valid", i) : ""; }

  gk.onRead.push(function () {
    given = gk.settings.compare && gk.levels.compound ? gk.settings.compare : null;
    if (!given) return;
    var level = gk.levels.compound, was = gk.coded(level, "before_status"), is = gk.coded(level, "status");
    var at = new Int32Array(level.n);
    for (var i = 0; i < level.n; i++) {
      at[i] = KINDS.indexOf(kindOf(was.of[was.at[i]], is.of[is.at[i]], heldAt(level, i), level.get("valid", i)));
    }
    then = { of: was.of.map(function (id) { return id || "ABSENT"; }), at: was.at };
    kinds = { of: KINDS.map(function (kind) { return "change/" + kind; }), at: at };
    level.put("then", then.of, then.at);
    level.put("change", kinds.of, kinds.at);
    passed = new Uint8Array(level.n);
    gk.filters.push(function (i) { // notes what passes the other filters; the counts are made of that
      passed[i] = 1;
      return mode !== "changes" || !only || kinds.of[kinds.at[i]] === "change/" + only;
    });
    gk.onRefresh.push(draw);
  });

  // Whether the map is coloured by something else than the statuses of now.
  function statuses() { return mode === "before" || mode === "changes"; }

  function chosen() { return mode === "changes" && only ? gk.words["change_" + only] : ""; }

  var filtered = gk.filtered, words = gk.filterWords, clear = gk.clearFilters;
  gk.filtered = function () { return filtered() || !!chosen(); };
  gk.filterWords = function () { return words().concat(chosen() || []); };
  gk.clearFilters = function () { only = ""; clear(); };

  // Shows the map as it was ("before"), as it is ("now"), or what has changed ("changes").
  gk.compareBy = function (next, kind) {
    mode = MODES.indexOf(next) >= 0 ? next : "changes";
    only = mode === "changes" && KINDS.indexOf(kind) >= 0 ? kind : "";
    gk.swipe(mode === "swipe");
    gk.state.statusColumn = { before: "then", changes: "change" }[mode] || "status";
  };

  function take(next, kind) {
    gk.compareBy(next, kind);
    if (statuses()) gk.state.only = []; // statuses of this run do not filter what is coloured otherwise
    gk.refresh();
    if (mode === "changes") gk.chooseList(only ? "shown" : gk.usualList());
  }

  // ---- counts

  function tally(coded) {
    var out = { all: 0 };
    for (var i = 0; i < passed.length; i++) {
      if (!passed[i]) continue;
      var id = coded.of[coded.at[i]];
      out[id] = (out[id] || 0) + 1;
      out.all++;
    }
    return out;
  }

  function line(look, n, all, press) {
    var head = [gk.swatch(look), gk.el("span", { text: look.label })];
    var first = press ? gk.el("button", { type: "button", class: "gk-line-of", "data-change": look.id.replace("change/", ""),
      "aria-pressed": look.id === "change/" + only ? "true" : "false", on: { click: press } }, head)
      : gk.el("span", { class: "gk-line-of", "data-change": look.id.replace("change/", "") }, head);
    return gk.el("tr", { class: n ? "" : "gk-none" }, [gk.el("th", { scope: "row" }, [first]),
      gk.el("td", { text: n + "/" + all }), gk.el("td", { text: gk.percent(n, all) })]);
  }

  // [style, count, of how many]: of all compounds of the earlier run, where filters are set of those still there.
  function beforeRows() {
    var here = tally(then), sums = gk.filtered() ? here : given.counts, all = 0;
    gk.settings.statuses.forEach(function (one) { all += sums[one.id] || 0; });
    return gk.settings.statuses.map(function (one) { return [one, sums[one.id] || 0, all]; })
      .concat([[gk.style.ABSENT, here.ABSENT || 0, here.all]]);
  }

  function changedRows() {
    var sums = tally(kinds), both = sums.all - (sums["change/new"] || 0), more = given.vanished_count;
    var rows = KINDS.map(function (kind) { return [style(kind), sums["change/" + kind] || 0, kind === "new" ? sums.all : both]; });
    return filtered() || !given.whole ? rows : rows.concat([[style("gone"), more, both + more]]);
  }

  // The legend of the comparison, null where the map shows this run.
  gk.comparedRows = function () { return given && statuses() ? rows : null; };

  function title() { return given.label ? gk.say("comparison", { label: given.label }) : gk.words.comparison_plain; }

  gk.comparedTitle = function () { return given && statuses() ? title() + " · " + gk.words[mode] : ""; };

  function pressed(kind) {
    return function () {
      take("changes", only === kind ? "" : kind);
      table.querySelector('[data-change="' + kind + '"]').focus();
    };
  }

  function draw() {
    if (!box) return;
    document.getElementById("gk-tools").classList.toggle("gk-other-legend", statuses());
    MODES.forEach(function (one) { buttons[one].setAttribute("aria-pressed", one === mode ? "true" : "false"); });
    box.querySelectorAll(".gk-of-changes").forEach(function (node) { node.hidden = mode !== "changes"; });
    document.getElementById("gk-swipe-legend").hidden = mode !== "swipe";
    table.textContent = "";
    table.hidden = !statuses();
    rows = mode === "before" ? beforeRows() : changedRows();
    if (statuses()) table.appendChild(gk.el("tbody", {}, rows.map(function (row) {
      var kind = row[0].id.replace("change/", "");
      return line(row[0], row[1], row[2], KINDS.indexOf(kind) >= 0 && mode === "changes" ? pressed(kind) : null);
    })));
    passed.fill(0);
  }

  // ---- list

  function valid(answer) { return gk.settings.valid[answer] || ""; }

  function label(id) { return id && gk.style[id] ? gk.style[id].label : ""; }

  function changed(i) { return kinds.of[kinds.at[i]] !== "change/same"; }

  function chip(id) { return gk.style[id] ? [gk.chip(gk.style[id]), gk.el("span", { class: "gk-line", title: label(id), text: gk.style[id].short || label(id) })] : ""; }

  // The list of what has changed, null where the page compares nothing.
  gk.changedList = function () {
    return given ? { id: "changed", label: gk.words.changed_list, has: changed, any: given.changed + given.new.length + validity() > 0 } : null;
  };

  function validity() {
    var n = 0;
    for (var i = 0; i < kinds.at.length; i++) if (/invalid|valid/.test(KINDS[kinds.at[i]])) n++;
    return n;
  }

  function column(id, text, coded, order) {
    return { id: id, text: text, class: "gk-status-column", key: function () {
      return Float64Array.from(coded.at, function (k) { return order.indexOf(coded.of[k]); });
    }, cell: function (i) { return chip(coded.of[coded.at[i]]); } };
  }

  // What the list says in a comparison before the status of now: what has changed, and the status before.
  gk.comparedColumns = function () {
    if (!given || mode === "now") return [];
    return [column("change", gk.words.change, kinds, KINDS.map(function (kind) { return "change/" + kind; })),
      column("before", gk.words.before, then, gk.statuses)];
  };

  // Rows of everything that has changed and passes the filters, gone compounds last.
  gk.changeRows = function () {
    var level = gk.levels.compound, one = gk.settings.one, w = gk.words, on = gk.state.on;
    var rows = [[w.name, w.code, one.street, one.community, w.households, w.change, w.status_before, w.status_now].concat(
      gk.has(level, "before_valid") ? [w.validity_before, w.validity] : [])];
    for (var i = 0; i < level.n; i++) {
      if (!on[i] || KINDS[kinds.at[i]] === "same") continue;
      rows.push([level.get("name", i), level.code[i], gk.nameOf("street", level.get("street", i)),
        gk.nameOf("community", level.get("community", i)), gk.has(level, "households") ? level.get("households", i) : "",
        label(kinds.of[kinds.at[i]]), label(then.of[then.at[i]]), label(level.get("status", i))].concat(
        gk.has(level, "before_valid") ? [isCover(then.of[then.at[i]]) ? valid(heldAt(level, i)) : "", gk.validity(i)] : []));
    }
    rows = rows.slice(0, 1).concat(rows.slice(1).sort(function (a, b) { return a[1] < b[1] ? -1 : a[1] > b[1] ? 1 : 0; }));
    if (!gk.filtered()) given.vanished.forEach(function (gone) {
      rows.push([gone.name, gone.code, "", "", "", w.change_gone, label(gone.status), ""]);
    });
    return rows;
  };

  function save() {
    var file = [gk.words.changes].concat(given.label || [], gk.filterWords()).join("-").replace(/[\\/:*?"<>|\u0000-\u001f]/g, "_").slice(0, 120);
    gk.saveAs(new Blob([gk.csv(gk.changeRows(), [1])], { type: "text/csv;charset=utf-8" }), file + ".csv");
  }

  function gone() {
    var list = given.vanished, more = given.vanished_count - Math.min(list.length, LISTED);
    if (!given.vanished_count) return [];
    if (!list.length) return [gk.el("p", { class: "gk-hint gk-of-changes", text: gk.words.gone_few })];
    var items = list.slice(0, LISTED).map(function (one) {
      return gk.el("li", {}, [gk.el("span", { text: (one.name || gk.words.unnamed) + " " }), gk.el("small", { text: one.code + " · " + label(one.status) })]);
    });
    if (more > 0) items.push(gk.el("li", { text: "… " + more }));
    return [gk.el("details", { class: "gk-of-changes", id: "gk-gone" }, [gk.el("summary", { text: gk.say("gone_list", { n: given.vanished_count }) }),
      gk.el("ul", { tabindex: "0" }, items)])];
  }

  gk.makeCompare = function (parent) {
    if (!given) return;
    var w = gk.words, said = title();
    var group = gk.el("div", { class: "gk-switch", role: "group", "aria-label": said }, MODES.map(function (one) {
      buttons[one] = gk.el("button", { type: "button", id: "gk-see-" + one, text: w[one], on: { click: function () { take(one, ""); } } });
      return buttons[one];
    }));
    table = gk.el("table", { id: "gk-changes", "aria-label": said, hidden: "" });
    box = gk.el("section", { class: "gk-compare", "aria-label": said }, [gk.el("div", { class: "gk-compare-head" },
      [gk.el("span", { text: said }), group])].concat(given.same_rules ? [] : [gk.el("p", { class: "gk-warning", text: w.rules_differ })], strange(),
      [table, gk.el("p", { class: "gk-hint", id: "gk-swipe-legend", hidden: "", text: w.swipe_legend })], gone(), [gk.el("p", { class: "gk-bar gk-of-changes" }, [gk.el("button", { type: "button", id: "gk-csv-changes",
        text: w.csv_changes, on: { click: save } })]), gk.el("p", { class: "gk-hint gk-of-changes", text: w.changes_hint })]));
    parent.appendChild(box);
    figures();
    summary();
  };

  // Warnings where the two runs do not seem to be of one city.
  function strange() {
    var said = [];
    if (given.city) said.push(gk.say("other_city", { city: given.city }));
    if (given.renamed > 2 && given.renamed * 2 > given.common) said.push(gk.say("renamed", { n: given.renamed, all: given.common }));
    return said.map(function (text) { return gk.el("p", { class: "gk-warning", role: "alert", text: text }); });
  }

  function signed(n) { return n > 0 ? "+" + n : n < 0 ? "−" + -n : "±0"; }

  // Beside each figure of the head what it was.
  function figures() {
    document.querySelectorAll(".gk-figure").forEach(function (node) {
      var n = given.figures[node.getAttribute("data-figure")], old = node.querySelector(".gk-then");
      if (old) old.remove();
      if (n === undefined) return;
      var now = Number(node.querySelector("b").textContent);
      node.appendChild(gk.el("dd", { class: "gk-then", text: gk.say("figure_before", { n: n, d: signed(now - n) }) }));
    });
  }

  // A column of the table by street: how many compounds gained and lost organisation coverage.
  function summary() {
    var level = gk.levels.compound, lies = gk.coded(level, "street"), sums = Object.create(null), all = [0, 0];
    if (!document.querySelector("#gk-summary [data-street]")) return;
    for (var i = 0; i < level.n; i++) {
      var k = ["gained", "lost"].indexOf(KINDS[kinds.at[i]]), code = lies.of[lies.at[i]] || "";
      if (k < 0) continue;
      sums[code] = sums[code] || [0, 0];
      sums[code][k]++;
      all[k]++;
    }
    document.querySelectorAll("#gk-summary .gk-gains").forEach(function (cell) { cell.remove(); });
    document.querySelectorAll("#gk-summary table tr").forEach(function (row, at) {
      var of = row.hasAttribute("data-street") ? sums[row.getAttribute("data-street")] || [0, 0] : all;
      var text = of[0] || of[1] ? "+" + of[0] + " −" + of[1] : "0";
      row.insertBefore(at ? gk.el("td", { class: "gk-gains", text: text })
        : gk.el("th", { scope: "col", class: "gk-gains", title: gk.words.gains_hint, text: gk.words.gains }), row.children[3]);
    });
  }

  // ---- what else speaks of it

  gk.details.push(function (feature) {
    if (!given || feature.level !== "compound") return [];
    var now = kinds.of[kinds.at[feature.i]];
    var was = then.of[then.at[feature.i]], held = heldAt(gk.levels.compound, feature.i);
    return [[gk.words.change, gk.el("span", {}, [gk.swatch(gk.style[now]), document.createTextNode(" " + label(now))])],
      [gk.words.status_before, gk.el("span", { text: label(was) })]].concat(
      isCover(was) && valid(held) ? [[gk.words.validity_before, gk.el("span", { text: valid(held) })]] : []);
  });

  gk.tips.push(function (feature) {
    if (!given || mode === "now" || feature.level !== "compound") return "";
    var was = label(then.of[then.at[feature.i]]), is = gk.styleOf(feature).label, kind = kinds.of[kinds.at[feature.i]];
    if (was === is && kind !== "change/same" && mode !== "before") return label(kind) + " · " + is;
    return mode === "before" || kind === "change/same" ? was : label(kind) + " · " + was + " → " + is;
  });

  gk.kept.push({ key: "see", get: function () { return !given || mode === "changes" ? "" : mode; }, take: function (text) {
    if (given) gk.compareBy(text, only);
  } }, { key: "change", get: function () { return given ? only : ""; }, take: function (text) {
    if (given) gk.compareBy(mode, text);
  } });
})();
