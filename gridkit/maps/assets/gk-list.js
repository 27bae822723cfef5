// The list of compounds: choose which, walk through it with the keyboard, save it as CSV.
(function () {
  "use strict";
  var PAGE = 200;
  var chosen = "UNCOVERED", shown = PAGE, body, counter, more, picker, empty;

  // A cell that no spreadsheet takes for a formula, quoted.
  gk.cell = function (value) {
    var text = value === null || value === undefined ? "" : String(value);
    if (/^[\s\u0000-\u001f]*[=+\-@\uff1d\uff0b\uff0d\uff20]/.test(text) || /^[\t\r\n]/.test(text)) text = "'" + text;
    return /[",\r\n\t;]/.test(text) ? '"' + text.replace(/"/g, '""') + '"' : text;
  };

  gk.csv = function (rows) {
    return "\ufeff" + rows.map(function (row) { return row.map(gk.cell).join(","); }).join("\r\n") + "\r\n";
  };

  function members() {
    var level = gk.levels.compound, out = [];
    for (var i = 0; level && i < level.n; i++) {
      if (!gk.state.on[i]) continue;
      if (chosen === "placeless" ? level.placed(i) : chosen !== "shown" && level.get("status", i) !== chosen) continue;
      out.push(i);
    }
    return out;
  }

  function rowOf(i) {
    var level = gk.levels.compound, households = level.get("households", i);
    var open = function () { gk.select({ level: "compound", i: i }, { zoom: true }); };
    return gk.el("tr", { tabindex: "-1", "data-code": level.code[i], on: {
      click: open,
      keydown: function (event) { keys(event, this, open); }
    } }, [
      gk.el("td", {}, [gk.el("span", { text: level.name(i) }),
        gk.el("small", { text: level.placed(i) ? level.code[i] : level.code[i] + " · " + gk.words.without_place })]),
      gk.el("td", { text: gk.areaOf(i) }),
      gk.el("td", { class: "gk-number", text: households === null ? "—" : String(households) })
    ]);
  }

  function keys(event, row, open) {
    var next = { ArrowDown: row.nextElementSibling, ArrowUp: row.previousElementSibling,
      Home: row.parentNode.firstElementChild, End: row.parentNode.lastElementChild };
    if (event.key === "Enter" || event.key === " ") { event.preventDefault(); open(); row.focus(); return; }
    if (!(event.key in next)) return;
    event.preventDefault();
    if (!next[event.key]) return;
    next[event.key].focus();
    var i = gk.levels.compound.at.get(next[event.key].getAttribute("data-code"));
    gk.select({ level: "compound", i: i }, { stay: true });
  }

  gk.drawList = function () {
    if (!body) return;
    var all = members(), level = gk.levels.compound, counts = {};
    body.textContent = "";
    all.slice(0, shown).forEach(function (i) { body.appendChild(rowOf(i)); });
    if (body.firstElementChild) body.firstElementChild.setAttribute("tabindex", "0");
    body.parentNode.hidden = !all.length;
    empty.hidden = all.length > 0;
    counter.textContent = String(all.length);
    more.hidden = all.length <= shown;
    more.textContent = more.hidden ? "" : gk.say("more", { n: Math.min(PAGE, all.length - shown) });
    for (var i = 0; level && i < level.n; i++) {
      if (!gk.state.on[i]) continue;
      counts.shown = (counts.shown || 0) + 1;
      var status = level.get("status", i);
      counts[status] = (counts[status] || 0) + 1;
      if (!level.placed(i)) counts.placeless = (counts.placeless || 0) + 1;
    }
    Array.prototype.forEach.call(picker.options, function (option) {
      option.textContent = option.getAttribute("data-label") + "（" + (counts[option.value] || 0) + "）";
    });
  };

  // The list that the page opens with.
  gk.usualList = function () {
    var statuses = gk.levels.compound ? gk.levels.compound.values("status").of : [];
    return statuses.indexOf("UNCOVERED") >= 0 || statuses.indexOf("UNKNOWN") < 0 ? "UNCOVERED" : "UNKNOWN";
  };

  gk.listKind = function () { return chosen; };

  // Takes the usual list for a kind that there is not.
  gk.chooseList = function (kind) {
    var known = Array.prototype.some.call(picker.options, function (option) { return option.value === kind; });
    chosen = known ? kind : gk.usualList();
    shown = PAGE;
    picker.value = chosen;
    gk.drawList();
    gk.writeAddress();
  };

  function save() {
    var level = gk.levels.compound, words = gk.words, one = gk.settings.one;
    var rows = [[words.name, words.code, one.street, one.community, one.grid, words.type, words.households,
      gk.settings.public ? null : words.formal_members, words.status,
      words.coverage, words.validity, words.reason, words.records, words.cells]];
    members().forEach(function (i) {
      var get = function (name) { return level.get(name, i); };
      rows.push([get("name"), level.code[i], gk.nameOf("street", get("street")), gk.nameOf("community", get("community")),
        gk.nameOf("grid", get("grid")), gk.settings.types[get("type")] || "", get("households"),
        get("formal_members"), gk.style[get("status")].label, gk.both(i), gk.validity(i), get("reason"),
        get("records").join("; "), get("cells").join("; ")]);
    });
    var left = gk.settings.public ? rows[0].indexOf(null) : -1; // a published list has no column of members
    if (left >= 0) rows.forEach(function (row) { row.splice(left, 1); });
    var url = URL.createObjectURL(new Blob([gk.csv(rows)], { type: "text/csv;charset=utf-8" }));
    var label = picker.selectedOptions[0].getAttribute("data-label");
    var street = gk.state.street === null ? "" : "-" + (gk.nameOf("street", gk.state.street) || gk.words.no_street);
    var link = gk.el("a", { href: url, download: gk.words.file + street + "-" + label + ".csv" });
    document.body.appendChild(link);
    link.click();
    link.remove();
    setTimeout(function () { URL.revokeObjectURL(url); }, 1000);
  }

  gk.makeList = function (panel) {
    var kinds = gk.settings.statuses.map(function (style) { return [style.id, style.label]; });
    kinds.push(["placeless", gk.words.without_place], ["shown", gk.words.all_shown]);
    picker = gk.el("select", { id: "gk-kind", "aria-label": gk.words.list,
      on: { change: function () { gk.chooseList(picker.value); } } },
      kinds.map(function (kind) { return gk.el("option", { value: kind[0], "data-label": kind[1], text: kind[1] }); }));
    counter = gk.el("b", { class: "gk-counter" });
    more = gk.el("button", { type: "button", class: "gk-more", on: { click: function () { shown += PAGE; gk.drawList(); } } });
    empty = gk.el("p", { class: "gk-empty", text: gk.words.empty_list });
    body = gk.el("tbody");
    var heads = [gk.settings.one.compound, gk.settings.one[gk.levels.community ? "community" : "street"], gk.words.households];
    panel.appendChild(gk.el("div", { class: "gk-bar" }, [picker, counter,
      gk.el("button", { type: "button", id: "gk-csv", text: gk.words.csv, on: { click: save } })]));
    panel.appendChild(gk.el("div", { class: "gk-scroll" }, [gk.el("table", { "aria-label": gk.words.list }, [
      gk.el("thead", {}, [gk.el("tr", {}, heads.map(function (text) { return gk.el("th", { scope: "col", text: text }); }))]),
      body]), empty, more]));
    panel.appendChild(gk.el("p", { class: "gk-hint", text: gk.words.keys }));
    gk.chooseList("");
  };
})();
