// The lists: compounds of one status, without position, all that pass the filters; streets, communities, grids.
(function () {
  "use strict";
  var chosen = "UNCOVERED", table, counter, picker, empty, line;

  // A cell that no spreadsheet takes for a formula, quoted.
  gk.cell = function (value) {
    var text = value === null || value === undefined ? "" : String(value);
    if (/^[\s\u0000-\u001f]*[=+\-@\uff1d\uff0b\uff0d\uff20]/.test(text) || /^[\t\r\n]/.test(text)) text = "'" + text;
    return /[",\r\n\t;]/.test(text) ? '"' + text.replace(/"/g, '""') + '"' : text;
  };

  // A code stays text: a tab keeps a spreadsheet from taking digits for a number and cutting them short.
  gk.codeCell = function (value) {
    var text = value === null || value === undefined ? "" : String(value);
    return /^\d[\d.,eE+\-/:]*$/.test(text) ? '"\t' + text + '"' : gk.cell(text);
  };

  // Rows of a table as CSV; `codes` numbers the columns of codes.
  gk.csv = function (rows, codes) {
    return "\ufeff" + rows.map(function (row) {
      return row.map(function (value, k) { return codes && codes.indexOf(k) >= 0 ? gk.codeCell(value) : gk.cell(value); }).join(",");
    }).join("\r\n") + "\r\n";
  };

  // Saves text under a name.
  gk.saveAs = function (blob, name) {
    var url = URL.createObjectURL(blob), link = gk.el("a", { href: url, download: name });
    document.body.appendChild(link);
    link.click();
    link.remove();
    setTimeout(function () { URL.revokeObjectURL(url); }, 1000);
  };

  // What sorts and shows a coded value: the name of an area, the label of a status.
  gk.columnText = function (level, column, value) {
    if (value === null || value === undefined) return "";
    if (column === "street" || column === "community" || column === "grid") return gk.nameOf(column, value);
    return String(value);
  };

  function levelOf(kind) { return kind.indexOf("level:") === 0 ? kind.slice(6) : "compound"; }

  function members() {
    var name = levelOf(chosen), level = gk.levels[name], out = [], on = gk.state.on;
    if (!level) return Int32Array.from(out);
    if (name !== "compound") {
      for (var a = 0; a < level.n; a++) out.push(a);
      return Int32Array.from(out);
    }
    var status = gk.coded(level, "status"), wanted = status.of.indexOf(chosen), list = gk.changedList();
    var some = gk.inView(), count = some ? some.length : level.n;
    for (var j = 0; j < count; j++) {
      var i = some ? some[j] : j;
      if (!on[i]) continue;
      if (chosen === "placeless" ? level.placed(i) : list && chosen === list.id ? !list.has(i) : chosen !== "shown" && status.at[i] !== wanted) continue;
      out.push(i);
    }
    return Int32Array.from(out);
  }

  function twoLines(first, second) {
    return [gk.el("span", { class: "gk-line", title: first, text: first }), gk.el("small", { class: "gk-line", text: second })];
  }

  // How large a boundary defect is, and between which units; a grid is named with its community, as its name is no one's own.
  function whereOf(level, i) {
    var of = level.get("of", i), areas = gk.levels[of], above = { grid: "community", community: "street" }[of];
    return [level.get("size", i)].concat(level.get("units", i).slice(0, 2).map(function (code) {
      var k = areas && areas.at.get(code), parent = above && k !== undefined && gk.has(areas, "parent") ? areas.get("parent", k) : "";
      return (parent ? gk.nameOf(above, parent) + " " : "") + gk.nameOf(of, code);
    })).filter(Boolean).join(" · ");
  }

  function named(level) {
    return { id: "name", text: gk.settings.one[level.level] || level.level, class: "gk-wide-column", key: function () { return gk.ranks(level, "name"); },
      cell: function (i) {
        if (level.level === "defect") return twoLines(level.name(i), whereOf(level, i));
        return twoLines(level.name(i), level.placed(i) ? level.code[i] : level.code[i] + " · " + gk.words.without_place);
      } };
  }

  function compoundColumns(level) {
    var above = gk.levels.community ? "community" : "street", order = gk.statuses;
    var more = gk.comparedColumns(), columns = [named(level), { id: "status", text: more.length ? gk.words.now : gk.words.status, class: "gk-status-column", key: function () {
      var coded = gk.coded(level, "status"), rank = coded.of.map(function (id) { return order.indexOf(id); });
      return Float64Array.from(coded.at, function (k) { return rank[k]; });
    }, cell: function (i) {
      var style = gk.styleOf({ level: "compound", i: i });
      return [gk.chip(style), gk.el("span", { class: "gk-line", title: style.label, text: style.short || style.label })];
    } }, { id: above, text: gk.settings.one[above], class: "", key: function () { return gk.ranks(level, above); }, cell: function (i) {
      var area = gk.areaOf(i);
      return [gk.el("span", { class: "gk-line", title: area, text: area })];
    } }, { id: "households", text: gk.words.households, class: "gk-number", key: function () { return gk.numbers(level, "households"); },
      cell: function (i) { var h = gk.numbers(level, "households")[i]; return h === h ? String(h) : "—"; } }];
    return more.length ? columns.slice(0, 1).concat(more, columns[1]) : columns;
  }

  function areaColumns(level) {
    var columns = [named(level)];
    if (gk.has(level, "numerator")) {
      columns.push({ id: "ratio", text: gk.words.rate_column, class: "gk-rate-column", key: function () {
        var n = gk.numbers(level, "numerator"), all = gk.numbers(level, "denominator");
        return n.map(function (value, i) { return all[i] ? value / all[i] : NaN; });
      }, cell: function (i) {
        var n = level.get("numerator", i), all = level.get("denominator", i), unknown = gk.has(level, "unknown") && level.get("unknown", i);
        var text = all ? gk.say("share_of", { n: n, d: all, rate: gk.percent(n, all) }) : gk.words.no_denominator;
        return [gk.chip(gk.styleOf({ level: level.level, i: i })), gk.el("span", { class: "gk-line", text: text }),
          gk.el("small", { class: "gk-line", text: all && unknown ? gk.say("plus_unknown", { n: unknown }) : "" })];
      } });
    }
    if (gk.has(level, "parent") && level.level !== "street") {
      var above = { grid: "community", community: "street" }[level.level];
      columns.push({ id: "parent", text: gk.settings.one[above] || "", class: "", key: function () { return gk.ranks(level, "parent"); },
        cell: function (i) { return [gk.el("span", { class: "gk-line", text: gk.nameOf(above, level.get("parent", i)) })]; } });
    }
    return columns;
  }

  function counts() {
    var level = gk.levels.compound, out = { shown: 0, placeless: 0 }, on = gk.state.on;
    gk.order.forEach(function (name) { out["level:" + name] = gk.levels[name].n; });
    if (!level) return out;
    var list = gk.changedList();
    if (list) out[list.id] = 0;
    var status = gk.coded(level, "status"), sums = status.of.map(function () { return 0; }), some = gk.inView();
    for (var j = 0, n = some ? some.length : level.n; j < n; j++) {
      var i = some ? some[j] : j;
      if (!on[i]) continue;
      out.shown++;
      sums[status.at[i]]++;
      if (list && list.has(i)) out[list.id]++;
      if (!level.placed(i)) out.placeless++;
    }
    status.of.forEach(function (id, k) { out[id] = sums[k]; });
    return out;
  }

  // What limits the list besides its kind, in words.
  function limits() {
    var kind = chosen === "shown" || chosen === "placeless", statuses = kind ? gk.statusWords() : [];
    return gk.filterWords().concat(statuses.length ? [statuses.join("、")] : [], gk.state.view ? [gk.words.count_view] : []);
  }

  gk.drawList = function () {
    if (!table) return;
    var name = levelOf(chosen), level = gk.levels[name], rows = members(), sums = counts();
    if (level) table.show(level, name === "compound" ? compoundColumns(level) : areaColumns(level), rows);
    table.box.hidden = !rows.length;
    empty.hidden = rows.length > 0;
    counter.textContent = String(rows.length);
    Array.prototype.forEach.call(picker.querySelectorAll("option"), function (option) {
      option.textContent = gk.say("with_count", { label: option.getAttribute("data-label"), n: sums[option.value] || 0 });
    });
    var said = limits().join(" · ");
    line.hidden = !said || name !== "compound";
    line.textContent = said ? gk.say("list_of", { filter: said }) : "";
    gk.markRow(gk.state.selected);
  };

  // Draws the rows again after the list has come into view.
  gk.placeList = function () { if (table && table.level) table.mark(table.active); };

  // Stands on the row of a feature, where the list shows it.
  gk.markRow = function (feature) {
    if (!table || !table.level) return;
    if (feature && feature.level === table.level.level) table.find(feature.i);
    else if (table.active >= 0) table.mark(-1);
  };

  gk.focusList = function () { gk.showTab("gk-list"); table.table.focus(); };

  // The list that the page opens with.
  gk.usualList = function () {
    var level = gk.levels.compound, of = level ? gk.coded(level, "status").of : [], list = gk.changedList();
    if (list && list.any) return list.id;
    return of.indexOf("UNCOVERED") >= 0 || of.indexOf("UNKNOWN") < 0 ? "UNCOVERED" : "UNKNOWN";
  };

  gk.listKind = function () { return chosen; };

  // Takes a list without drawing it; the usual one for a kind that there is not.
  gk.setList = function (kind) {
    var known = Array.prototype.some.call(picker.options, function (option) { return option.value === kind; });
    chosen = known ? kind : gk.usualList();
    picker.value = chosen;
  };

  gk.chooseList = function (kind) {
    gk.setList(kind);
    gk.drawList();
    gk.writeAddress();
  };

  // What the CSV says of a compound, in this order; fields that the map may not show are left out.
  function fields(level) {
    var words = gk.words, one = gk.settings.one;
    function of(name) { return function (i) { return level.get(name, i); }; }
    function area(name) { return function (i) { return gk.nameOf(name, level.get(name, i)); }; }
    function all(name) { return function (i) { return (level.get(name, i) || []).join("; "); }; }
    return [["name", words.name, of("name")], ["", words.code, function (i) { return level.code[i]; }],
      ["street", one.street, area("street")], ["community", one.community, area("community")], ["grid", one.grid, area("grid")],
      ["type", words.type, function (i) { return gk.settings.types[level.get("type", i)] || ""; }],
      ["unit", words.unit, of("unit")], ["company", words.company, of("company")], ["households", words.households, of("households")],
      ["formal_members", words.formal_members, of("formal_members")],
      ["status", words.status, function (i) { return gk.styleOf({ level: "compound", i: i }).label; }],
      ["organisation", words.coverage, gk.both], ["valid", words.validity, gk.validity], ["reason", words.reason, of("reason")],
      ["records", words.records, all("records")], ["cells", words.cells, all("cells")]].filter(function (field) {
      return (!field[0] || gk.has(level, field[0])) && !(gk.settings.public && field[0] === "formal_members");
    });
  }

  function compoundRows(level) {
    var columns = fields(level), rows = [columns.map(function (column) { return column[1]; })];
    Array.prototype.forEach.call(table.rows, function (i) { rows.push(columns.map(function (column) { return column[2](i); })); });
    return rows;
  }

  function areaRows(level) {
    var words = gk.words, columns = ["numerator", "denominator", "unknown", "rate", "valid_rate"].filter(function (name) { return gk.has(level, name); });
    var rows = [[words.name, words.code].concat(columns.map(function (name) { return words[name] || name; }))];
    Array.prototype.forEach.call(table.rows, function (i) {
      rows.push([level.get("name", i), level.code[i]].concat(columns.map(function (name) { return level.get(name, i); })));
    });
    return rows;
  }

  function save() {
    var name = levelOf(chosen), level = gk.levels[name], said = name === "compound" ? limits() : [];
    if (!level) return;
    var rows = name === "compound" ? compoundRows(level) : areaRows(level);
    var label = picker.options[picker.selectedIndex].getAttribute("data-label");
    var file = [gk.words.file].concat(said, label).join("-").replace(/[\\/:*?"<>|\u0000-\u001f]/g, "_").slice(0, 120);
    gk.saveAs(new Blob([gk.csv(rows, [1])], { type: "text/csv;charset=utf-8" }), file + ".csv");
  }

  function options(pairs) {
    return pairs.map(function (kind) { return gk.el("option", { value: kind[0], "data-label": kind[1], text: kind[1] }); });
  }

  gk.makeList = function (panel) {
    var kinds = gk.settings.statuses.map(function (style) { return [style.id, style.label]; });
    if (gk.changedList()) kinds.unshift([gk.changedList().id, gk.changedList().label]);
    kinds.push(["placeless", gk.words.without_place], ["shown", gk.words.all_shown]);
    var areas = gk.order.filter(function (name) { return name !== "compound"; }).map(function (name) { return ["level:" + name, gk.levelName(name)]; });
    picker = gk.el("select", { id: "gk-kind", "aria-label": gk.words.list, on: { change: function () { gk.chooseList(picker.value); } } },
      [gk.el("optgroup", { label: gk.levelName("compound") }, options(kinds))].concat(
        areas.length ? [gk.el("optgroup", { label: gk.words.other_lists }, options(areas))] : []));
    counter = gk.el("b", { class: "gk-counter" });
    empty = gk.el("p", { class: "gk-empty", text: gk.words.empty_list });
    line = gk.el("p", { class: "gk-hint", hidden: "" });
    panel.appendChild(gk.el("div", { class: "gk-bar" }, [picker, counter,
      gk.el("button", { type: "button", id: "gk-csv", text: gk.words.csv, on: { click: save } })]));
    panel.appendChild(line);
    table = gk.makeTable(panel, { label: gk.words.list,
      open: function (i) { gk.select({ level: table.level.level, i: i }, { zoom: true }); },
      walk: function (i) { gk.select({ level: table.level.level, i: i }, { stay: true, pan: true }); } });
    panel.appendChild(empty);
    panel.appendChild(gk.el("p", { class: "gk-hint gk-keys", text: gk.words.keys }));
    gk.setList(chosen);
  };
})();
