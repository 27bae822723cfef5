// The details of one feature: status, reason, evidence, where it lies, a link to it.
(function () {
  "use strict";
  var panel;

  gk.validity = function (i) {
    return gk.covers(i) && gk.has(gk.levels.compound, "valid") ? gk.settings.valid[gk.levels.compound.get("valid", i)] || "" : "";
  };

  // Organisation and work coverage of compound i in words.
  gk.both = function (i) {
    var get = function (name) { return gk.has(gk.levels.compound, name) && gk.settings[name][gk.levels.compound.get(name, i)] || ""; };
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
    var get = function (name) { return gk.has(level, name) ? level.get(name, i) : ""; };
    var words = gk.words, rule = get("rule"), parts = [];
    if (get("reason")) parts.push(row(words.reason, gk.el("span", { class: "gk-reason", text: get("reason") })));
    if (gk.has(level, "organisation")) parts.push(row(words.coverage, text(gk.both(i))));
    if (gk.validity(i)) parts.push(row(words.validity, text(gk.validity(i))));
    parts.push(lines(words.records, get("records")), lines(words.waiting, get("waiting")));
    parts.push(lines(words.cells, get("cells")), lines(words.findings, get("findings")));
    ["unit", "company"].forEach(function (name) {
      if (gk.has(level, name)) parts.push(lines(words[name], [].concat(get(name) || [])));
    });
    ["street", "community", "grid"].forEach(function (name) {
      if (gk.levels[name]) parts.push(row(gk.settings.one[name], place(name, get(name))));
    });
    if (gk.has(level, "type")) parts.push(row(words.type, text(gk.settings.types[get("type")] || "")));
    if (gk.has(level, "households")) parts.push(row(words.households, text(get("households"))));
    if (!gk.settings.public && gk.has(level, "formal_members")) parts.push(row(words.formal_members, text(get("formal_members"))));
    if (rule && ["UNCOVERED", "UNKNOWN"].indexOf(rule) < 0) { // of these the reason says the same
      parts.push(row(words.rule, gk.el("span", { "data-rule": rule, title: rule, text: gk.settings.rules[rule] || rule })));
    }
    parts.push(row(words.code, gk.el("code", { text: level.code[i] })));
    return parts;
  }

  function area(level, i) {
    var words = gk.words, parts = [], counts = {}, compounds = gk.levels.compound;
    parts.push(row(words.rate, text(level.get("rate", i))), row(words.valid_rate, text(level.get("valid_rate", i))));
    if (compounds && gk.has(compounds, level.level)) {
      var lies = gk.coded(compounds, level.level), status = gk.coded(compounds, "status"), here = lies.of.indexOf(level.code[i]);
      for (var k = 0; here >= 0 && k < compounds.n; k++) {
        if (lies.at[k] === here) counts[status.of[status.at[k]]] = (counts[status.of[status.at[k]]] || 0) + 1;
      }
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

  function other(level, i) {
    var parts = ["rate", "valid_rate", "households", "type"].filter(function (name) { return gk.has(level, name); }).map(function (name) {
      return row(gk.words[name], text(level.get(name, i)));
    });
    return parts.concat([row(gk.words.code, gk.el("code", { text: level.code[i] }))]);
  }

  function partsOf(feature, level) {
    var i = feature.i;
    if (feature.level === "compound") return compound(level, i);
    if (feature.level === "defect") return defect(level, i);
    return gk.has(level, "rate") ? area(level, i) : other(level, i);
  }

  // The address of this page at one feature.
  gk.linkTo = function (feature) {
    return location.href.replace(/#.*$/, "") + "#f=" + encodeURIComponent(gk.levels[feature.level].code[feature.i]);
  };

  function copied(box, link, ok) {
    box.textContent = ok ? gk.words.link_copied : "";
    if (ok) return;
    var field = gk.el("input", { type: "text", readonly: "", value: link, "aria-label": gk.words.copy_link });
    box.appendChild(field);
    field.select();
  }

  // Copies by the way that this browser knows; where there is none the link stands there to be copied by hand.
  function copy(link, box) {
    function old() {
      var field = gk.el("textarea", { class: "gk-hidden", text: link }), ok = false;
      document.body.appendChild(field);
      field.select();
      try { ok = document.execCommand("copy"); } catch (error) { ok = false; }
      field.remove();
      copied(box, link, ok);
    }
    if (!navigator.clipboard || !navigator.clipboard.writeText) { old(); return; }
    navigator.clipboard.writeText(link).then(function () { copied(box, link, true); }, old);
  }

  function buttons(feature, level) {
    var box = gk.el("p", { class: "gk-bar gk-acts" }), said = gk.el("span", { class: "gk-hint", role: "status" });
    if (level.placed(feature.i)) box.appendChild(gk.el("button", { type: "button", class: "gk-zoom", text: gk.words.zoom,
      on: { click: function () { gk.zoomTo(feature); } } }));
    if (location.protocol !== "about:") box.appendChild(gk.el("button", { type: "button", class: "gk-copy", text: gk.words.copy_link,
      on: { click: function () { copy(gk.linkTo(feature), said); } } }));
    box.appendChild(gk.el("button", { type: "button", class: "gk-back", text: gk.words.back, on: { click: gk.focusList } }));
    box.appendChild(said);
    return box;
  }

  gk.showDetails = function (feature) {
    panel.textContent = "";
    if (!feature) {
      panel.appendChild(gk.el("p", { class: "gk-empty", text: gk.words.nothing }));
      return;
    }
    var level = gk.levels[feature.level], list = gk.el("dl"), style = gk.styleOf(feature);
    panel.appendChild(gk.el("p", { class: "gk-kind", text: gk.settings.one[feature.level] || feature.level }));
    panel.appendChild(gk.el("h2", { text: level.name(feature.i) }));
    if (style.label) panel.appendChild(badge(style));
    if (!level.placed(feature.i)) panel.appendChild(gk.el("p", { class: "gk-note", text: gk.words.no_place }));
    panel.appendChild(buttons(feature, level));
    gk.details.forEach(function (more) {
      (more(feature) || []).forEach(function (pair) { row(pair[0], pair[1]).forEach(function (node) { list.appendChild(node); }); });
    });
    partsOf(feature, level).forEach(function (nodes) { nodes.forEach(function (node) { list.appendChild(node); }); });
    gk.detailsMore.forEach(function (more) {
      (more(feature) || []).forEach(function (pair) { row(pair[0], pair[1]).forEach(function (node) { list.appendChild(node); }); });
    });
    panel.appendChild(list);
    panel.scrollTop = 0;
  };

  // Says that there is no feature of this code.
  gk.showUnknown = function (code) {
    panel.textContent = "";
    panel.appendChild(gk.el("p", { class: "gk-note gk-unknown-code", role: "alert", text: gk.say("unknown_code", { code: code }) }));
  };

  gk.makeDetails = function (node) { panel = node; gk.showDetails(null); };
})();
