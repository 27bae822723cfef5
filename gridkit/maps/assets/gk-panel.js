// The details of one feature, and the search.
(function () {
  "use strict";
  var LIMIT = 50;
  var panel, index = null;

  gk.validity = function (i) {
    return gk.covers(i) ? gk.settings.valid[gk.levels.compound.get("valid", i)] || "" : "";
  };

  // Organisation and work coverage of compound i in words.
  gk.both = function (i) {
    var get = function (name) { return gk.settings[name][gk.levels.compound.get(name, i)] || ""; };
    return gk.say("both", { organisation: get("organisation"), work: get("work") });
  };

  function row(word, child) {
    return [gk.el("dt", { text: word }), gk.el("dd", {}, [child])];
  }

  function text(value) { return gk.el("span", { text: value === null || value === "" ? gk.words.missing : String(value) }); }

  function lines(word, items) {
    if (!items || !items.length) return [];
    return row(word, gk.el("ul", {}, items.map(function (item) { return gk.el("li", { text: item }); })));
  }

  // A button that leads to the area with this code.
  function place(level, code) {
    var known = gk.levels[level] && gk.levels[level].at.get(code);
    if (known === undefined || known === false) return text(code);
    return gk.el("button", { type: "button", class: "gk-link", text: gk.nameOf(level, code),
      on: { click: function () { gk.select({ level: level, i: known }, { zoom: true }); } } });
  }

  function badge(style) {
    return gk.el("p", { class: "gk-badge" }, [gk.swatch(style), gk.el("b", { text: style.label })]);
  }

  function compound(level, i) {
    var get = function (name) { return level.get(name, i); }, words = gk.words, rule = get("rule"), parts = [];
    if (get("reason")) parts.push(row(words.reason, gk.el("span", { class: "gk-reason", text: get("reason") })));
    parts.push(row(words.coverage, text(gk.both(i))));
    if (gk.validity(i)) parts.push(row(words.validity, text(gk.validity(i))));
    parts.push(lines(words.records, get("records")), lines(words.waiting, get("waiting")));
    parts.push(lines(words.cells, get("cells")), lines(words.findings, get("findings")));
    ["street", "community", "grid"].forEach(function (name) {
      if (gk.levels[name]) parts.push(row(gk.settings.one[name], place(name, get(name))));
    });
    parts.push(row(words.type, text(gk.settings.types[get("type")] || "")));
    parts.push(row(words.households, text(get("households"))));
    if (!gk.settings.public) parts.push(row(words.formal_members, text(get("formal_members"))));
    if (rule) parts.push(row(words.rule, gk.el("span", {}, [gk.el("code", { text: rule }),
      gk.el("small", { text: gk.settings.rules[rule] || "" })])));
    parts.push(row(words.code, gk.el("code", { text: level.code[i] })));
    return parts;
  }

  function area(level, i) {
    var words = gk.words, parts = [], counts = {}, compounds = gk.levels.compound;
    parts.push(row(words.rate, text(level.get("rate", i))), row(words.valid_rate, text(level.get("valid_rate", i))));
    for (var k = 0; compounds && k < compounds.n; k++) {
      if (compounds.get(level.level, k) !== level.code[i]) continue;
      var status = compounds.get("status", k);
      counts[status] = (counts[status] || 0) + 1;
    }
    var list = gk.settings.statuses.filter(function (style) { return counts[style.id]; }).map(function (style) {
      return gk.el("li", {}, [gk.swatch(style), gk.el("span", { text: style.label + " " + counts[style.id] })]);
    });
    if (list.length) parts.push(row(words.compounds_here, gk.el("ul", { class: "gk-counts" }, list)));
    var above = { grid: "community", community: "street" }[level.level];
    if (above && gk.levels[above]) parts.push(row(gk.settings.one[above], place(above, level.get("parent", i))));
    parts.push(row(words.code, gk.el("code", { text: level.code[i] })));
    return parts;
  }

  function defect(level, i) {
    var words = gk.words, units = level.get("units", i), parts = [];
    parts.push(row(words.found_there, text(level.get("sentence", i))), row(words.extent, text(level.get("size", i))));
    if (units.length) parts.push(row(words.beside, gk.el("ul", {}, units.map(function (code) {
      return gk.el("li", {}, [place(level.get("of", i), code)]);
    }))));
    if (level.get("remedy", i)) parts.push(row(words.remedy, text(level.get("remedy", i))));
    if (level.get("exception", i)) parts.push(row(words.exception, text(level.get("exception", i))));
    parts.push(row(words.code, gk.el("code", { text: level.get("rule", i) + " " + level.code[i] })));
    return parts;
  }

  gk.showDetails = function (feature) {
    panel.textContent = "";
    if (!feature) {
      panel.appendChild(gk.el("p", { class: "gk-empty", text: gk.words.nothing }));
      return;
    }
    var level = gk.levels[feature.level], i = feature.i, isCompound = feature.level === "compound";
    panel.appendChild(gk.el("p", { class: "gk-kind", text: gk.settings.one[feature.level] }));
    panel.appendChild(gk.el("h2", { text: level.name(i) }));
    panel.appendChild(badge(gk.style[isCompound ? level.get("status", i) : level.get("class", i)]));
    if (!level.placed(i)) panel.appendChild(gk.el("p", { class: "gk-note", text: gk.words.no_place }));
    var list = gk.el("dl");
    (isCompound ? compound : feature.level === "defect" ? defect : area)(level, i).forEach(function (nodes) {
      nodes.forEach(function (node) { list.appendChild(node); });
    });
    panel.appendChild(list);
    if (level.placed(i)) panel.appendChild(gk.el("button", { type: "button", class: "gk-zoom", text: gk.words.zoom,
      on: { click: function () { gk.zoomTo(feature); } } }));
  };

  gk.makeDetails = function (node) { panel = node; gk.showDetails(null); };

  function entries() {
    if (index) return index;
    index = [];
    gk.order.forEach(function (name) {
      var level = gk.levels[name];
      if (name === "defect") return;
      for (var i = 0; i < level.n; i++) index.push([gk.fold(level.get("name", i) + "\n" + level.code[i]), name, i]);
    });
    return index;
  }

  // Features whose name or code holds every word of the query; names that begin with it first, wide levels first.
  gk.search = function (query) {
    var words = gk.fold(query).split(/\s+/).filter(Boolean), ranks = [[], [], []];
    if (!words.length) return [];
    entries().forEach(function (entry) {
      if (!words.every(function (word) { return entry[0].indexOf(word) >= 0; })) return;
      var rank = entry[0].indexOf(words[0] + "\n") === 0 ? 0 : entry[0].indexOf(words[0]) === 0 ? 1 : 2;
      ranks[rank].push({ level: entry[1], i: entry[2] });
    });
    return ranks[0].concat(ranks[1], ranks[2]);
  };

  gk.makeSearch = function (parent) {
    var list = gk.el("ul", { id: "gk-found", role: "listbox", "aria-label": gk.words.search, hidden: "" });
    var note = gk.el("p", { class: "gk-hint", hidden: "" });
    var input = gk.el("input", { type: "search", id: "gk-query", placeholder: gk.words.search, autocomplete: "off",
      "aria-label": gk.words.search, "aria-controls": "gk-found", on: { input: run, keydown: keys } });
    function close() { list.hidden = note.hidden = true; }
    function pick(feature) { close(); input.value = ""; gk.select(feature, { zoom: true }); }
    function run() {
      var found = gk.search(input.value);
      list.textContent = "";
      found.slice(0, LIMIT).forEach(function (feature, at) {
        var level = gk.levels[feature.level];
        var above = feature.level === "compound" ? gk.areaOf(feature.i) : "";
        list.appendChild(gk.el("li", { role: "option", "aria-selected": at === 0 ? "true" : "false", on: {
          mousedown: function (event) { event.preventDefault(); pick(feature); } } }, [
          gk.swatch(gk.style[level.get(feature.level === "compound" ? "status" : "class", feature.i)]),
          gk.el("span", { text: level.name(feature.i) }),
          gk.el("small", { text: [gk.settings.one[feature.level], above, level.code[feature.i]].filter(Boolean).join(" · ") })]));
        list.lastChild.feature = feature;
      });
      list.hidden = !found.length;
      note.hidden = !input.value.trim() || (found.length > 0 && found.length <= LIMIT);
      note.textContent = found.length ? gk.say("found", { n: found.length, shown: LIMIT }) : gk.words.found_none;
    }
    function keys(event) {
      var now = list.querySelector("[aria-selected=true]");
      if (event.key === "Escape") { close(); event.stopPropagation(); return; }
      if (event.key === "Enter" && now && !list.hidden) { pick(now.feature); return; }
      var next = now && (event.key === "ArrowDown" ? now.nextElementSibling
        : event.key === "ArrowUp" ? now.previousElementSibling : null);
      if (!next) return;
      event.preventDefault();
      now.setAttribute("aria-selected", "false");
      next.setAttribute("aria-selected", "true");
      next.scrollIntoView({ block: "nearest" });
    }
    input.addEventListener("blur", function () { setTimeout(close, 150); });
    parent.appendChild(gk.el("div", { class: "gk-search" }, [input, list, note]));
  };
})();
