// The legend: every status with its share of compounds and of households, for what is filtered or in view.
(function () {
  "use strict";
  var pictures = {}, rows = {}, counter, homes, all, scopes = {};

  // A first click shows one status alone, later ones add and remove; with Ctrl the first one removes, too.
  function pick(id, keep) {
    var only = gk.state.only;
    if (!only.length && !keep) only = [id];
    else only = gk.statuses.filter(function (other) { return gk.passes(other) !== (other === id); });
    gk.state.only = only.length === gk.statuses.length ? [] : only;
    gk.refresh();
    gk.chooseList("shown");
  }

  // A share in per cent: 100 and 0 only where they are exact.
  gk.percent = function (n, all) {
    if (!all) return "—";
    if (n === all) return "100%";
    if (!n) return "0%";
    var share = 100 * n / all;
    return share < 0.1 ? "<0.1%" : share > 99.9 ? ">99.9%" : share.toFixed(1) + "%";
  };

  // Indices of the compounds in view, or null where the whole city counts.
  gk.inView = function () {
    if (!gk.state.view) return null;
    var level = gk.levels.compound, size = gk.map.getPixelBounds(), scale = Math.pow(2, gk.UNIT_ZOOM - gk.map.getZoom());
    var box = [size.min.x * scale, size.min.y * scale, size.max.x * scale, size.max.y * scale];
    if (level.within) return level.within(box[0], box[1], box[2], box[3]);
    var out = [];
    for (var i = 0; i < level.n; i++) if (level.meets(i, box[0], box[1], box[2], box[3])) out.push(i);
    return out;
  };

  // Compounds and households by status among those that pass every filter but the status.
  function tally(level) {
    var status = gk.coded(level, "status"), k = status.of.length, rest = gk.state.rest, on = gk.state.on;
    var households = gk.has(level, "households") ? gk.numbers(level, "households") : null;
    var out = { n: new Float64Array(k), homes: new Float64Array(k), all: 0, total: 0, unknown: 0, shown: 0, of: status.of };
    var some = gk.inView(), count = some ? some.length : level.n;
    for (var j = 0; j < count; j++) {
      var i = some ? some[j] : j, s = status.at[i], h = households ? households[i] : NaN;
      if (!rest[i]) continue;
      out.all++;
      out.n[s]++;
      out.shown += on[i];
      if (h !== h) out.unknown++;
      else { out.homes[s] += h; out.total += h; }
    }
    return out;
  }

  // A number in few signs, where tens of millions would push the words aside; the exact one is in the tooltip.
  function brief(n, all) {
    if (all < 1e7 || !n) return String(n);
    if (!/^zh/.test(document.documentElement.lang)) return (n / 1e6).toFixed(2) + "M";
    return all < 1e8 ? (n / 1e4).toFixed(0) + "万" : (n / 1e8).toFixed(2) + "亿";
  }

  function put(cells, n, all) {
    cells[0].textContent = brief(n, all) + "/" + brief(all, all);
    cells[0].title = n + "/" + all;
    cells[1].textContent = gk.percent(n, all);
  }

  gk.drawLegend = function () {
    var level = gk.levels.compound;
    if (!level) { counter.textContent = gk.words.no_compounds; return; }
    var sums = tally(level);
    gk.settings.statuses.forEach(function (style) {
      var row = rows[style.id], k = sums.of.indexOf(style.id), n = k < 0 ? 0 : sums.n[k], h = k < 0 ? 0 : sums.homes[k];
      put(row.compounds, n, sums.all);
      put(row.households, h, sums.total);
      row.button.setAttribute("aria-pressed", gk.passes(style.id) ? "true" : "false");
      row.line.classList.toggle("gk-none", !n);
      row.line.classList.toggle("gk-faint", !gk.passes(style.id));
    });
    for (var name in scopes) scopes[name].setAttribute("aria-pressed", (name === "view") === gk.state.view ? "true" : "false");
    counter.textContent = gk.state.view ? gk.say("shown_view", { n: sums.shown, here: sums.all, all: level.n })
      : gk.state.street !== null && gk.filterWords().length > 1 ? gk.say("shown_street_filter", { n: sums.shown, here: sums.all,
        street: gk.streetName(), there: gk.inStreet(), all: level.n })
      : gk.state.street !== null ? gk.say("shown_street", { n: sums.shown, here: sums.all, street: gk.streetName(), all: level.n })
        : gk.filtered() ? gk.say("shown_filter", { n: sums.shown, here: sums.all, all: level.n })
          : gk.say("shown", { n: sums.shown, all: level.n });
    homes.hidden = !sums.unknown;
    homes.textContent = sums.unknown ? gk.say("households_unknown", { n: sums.unknown, all: sums.all }) : "";
    all.disabled = !gk.filtered() && !gk.state.only.length;
  };

  function line(style) {
    var cells = [0, 1, 2, 3].map(function (k) { return gk.el("td", { class: k % 2 ? "gk-share" : "gk-number" }); });
    var button = gk.el("button", { type: "button", "data-status": style.id, title: style.label }, [gk.swatch(style),
      gk.el("span", { text: style.label })]);
    var row = gk.el("tr", { on: { click: function (event) { pick(style.id, event.ctrlKey || event.metaKey); } } },
      [gk.el("th", { scope: "row" }, [button])].concat(cells));
    rows[style.id] = { button: button, line: row, compounds: cells.slice(0, 2), households: cells.slice(2) };
    return row;
  }

  // Whole city or view: what the counts of the legend are taken from.
  function makeScopes() {
    return gk.el("div", { class: "gk-switch", role: "group", "aria-label": gk.words.count_scope }, ["city", "view"].map(function (name) {
      scopes[name] = gk.el("button", { type: "button", id: "gk-in-" + name, text: gk.words["count_" + name],
        on: { click: function () { gk.state.view = name === "view"; gk.drawLegend(); gk.drawList(); } } });
      return scopes[name];
    }));
  }

  function head() {
    return gk.el("thead", {}, [gk.el("tr", {}, [gk.el("th", { scope: "col" }, [makeScopes()]),
      gk.el("th", { scope: "colgroup", colspan: "2", text: gk.words.share_compounds }),
      gk.el("th", { scope: "colgroup", colspan: "2", text: gk.words.households })])]);
  }

  gk.makeLegend = function (parent) {
    var table = gk.el("table", { id: "gk-legend", "aria-label": gk.words.legend }, [head(),
      gk.el("tbody", {}, gk.settings.statuses.map(line))]);
    counter = gk.el("span", { id: "gk-shown", role: "status" });
    homes = gk.el("span", { id: "gk-homes", hidden: "" });
    all = gk.el("button", { type: "button", id: "gk-all", text: gk.words.reset, on: { click: function () {
      gk.clearFilters();
      gk.refresh();
      gk.chooseList("shown");
      gk.home();
    } } });
    parent.appendChild(table);
    parent.appendChild(gk.el("p", { class: "gk-note gk-bar" }, [counter, all]));
    parent.appendChild(gk.el("p", { class: "gk-note gk-lines" }, [homes,
      gk.el("span", { class: "gk-hint", text: gk.words.legend_hint }), gk.el("span", { text: gk.words.not_valid_line })]));
  };

  gk.onStart.push(function (map) { map.on("moveend", function () { if (gk.state.view) { gk.drawLegend(); gk.drawList(); } }); });

  // A picture of a style for rows that come and go: drawn once, then shown as a background.
  gk.chip = function (style) {
    var key = (gk.theme || "") + style.id + style.color, box = gk.el("span", { class: "gk-swatch gk-chip-of", "aria-hidden": "true" });
    if (gk.swatch === gk.plainSwatch) return gk.swatch(style);
    if (!pictures[key]) pictures[key] = "url(" + gk.swatch(style).toDataURL() + ")";
    box.style.backgroundImage = pictures[key];
    return box;
  };

  // A swatch where the browser cannot draw: colour and the first letters of the status.
  gk.plainSwatch = function (style) {
    var box = gk.el("span", { class: "gk-swatch gk-plain", "aria-hidden": "true" });
    box.style.backgroundColor = style.color;
    return box;
  };
})();
