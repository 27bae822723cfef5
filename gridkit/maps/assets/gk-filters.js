// Filters of compounds: status, street, type, unit or property company, words of a search.
(function () {
  "use strict";
  var party, chips, missed, later = 0;
  var PARTIES = ["unit", "company"];
  var MOST = 3000; // names that the field offers

  // Whether the legend shows this status; nothing picked means everything.
  gk.passes = function (id) { return !gk.state.only.length || gk.state.only.indexOf(id) >= 0; };

  // Clears bits of a mask: what the numbers `at` say to be out.
  function keep(mask, coded, test) {
    var ok = Uint8Array.from(coded.of, function (value) { return test(value) ? 1 : 0; }), at = coded.at;
    for (var i = 0; i < mask.length; i++) if (!ok[at[i]]) mask[i] = 0;
  }

  function parties(level) { return PARTIES.filter(function (name) { return gk.has(level, name); }); }

  function text(value) { return Array.isArray(value) ? value.join("\n") : value === null || value === undefined ? "" : String(value); }

  function keepParty(mask, level) {
    var wish = gk.fold(gk.state.party), any = new Uint8Array(mask.length);
    parties(level).forEach(function (name) {
      var one = mask.slice();
      keep(one, gk.coded(level, name), function (value) { return gk.fold(text(value)).indexOf(wish) >= 0; });
      for (var i = 0; i < any.length; i++) any[i] |= one[i];
    });
    mask.set(any);
  }

  // Puts gk.state.rest (passes every filter but that of the status) and gk.state.on (passes all).
  gk.filterAll = function () {
    var level = gk.levels.compound, state = gk.state, n = level ? level.n : 0;
    var rest = state.rest = new Uint8Array(n).fill(1);
    if (level) {
      if (state.street !== null) keep(rest, gk.coded(level, "street"), function (code) { return code === state.street; });
      if (state.type !== null) keep(rest, gk.coded(level, "type"), function (kind) { return kind === state.type; });
      if (state.party) keepParty(rest, level);
      if (state.q) {
        var found = gk.matches("compound", state.q);
        for (var k = 0; k < n; k++) if (!found[k]) rest[k] = 0;
      }
      gk.filters.forEach(function (filter) { for (var i = 0; i < n; i++) if (rest[i] && !filter(i)) rest[i] = 0; });
    }
    state.on = rest.slice();
    if (level && state.only.length) keep(state.on, gk.coded(level, "status"), gk.passes);
  };

  // Whether a filter besides the status is set.
  gk.filtered = function () {
    var state = gk.state;
    return state.street !== null || state.type !== null || !!state.party || !!state.q;
  };

  gk.clearFilters = function () {
    gk.state.only = [];
    gk.state.street = gk.state.type = null;
    gk.state.party = gk.state.q = "";
  };

  gk.streetName = function () { return gk.nameOf("street", gk.state.street) || gk.words.no_street; };

  function typeName(kind) { return gk.settings.types[kind] || kind || gk.words.missing; }

  // The filters that are set, in words, for the name of a file and the line above the list.
  gk.filterWords = function () {
    var state = gk.state, said = [];
    if (state.street !== null) said.push(gk.streetName());
    if (state.type !== null) said.push(typeName(state.type));
    if (state.party) said.push(state.party);
    if (state.q) said.push(state.q);
    return said;
  };

  // Statuses that are shown alone, in words.
  gk.statusWords = function () {
    return gk.state.only.map(function (id) { return gk.style[id] ? gk.style[id].label : id; });
  };

  // How many compounds the chosen street has.
  gk.inStreet = function () {
    var lies = gk.coded(gk.levels.compound, "street"), at = lies.of.indexOf(gk.state.street), n = 0;
    for (var i = 0; i < lies.at.length; i++) if (lies.at[i] === at) n++;
    return n;
  };

  function select(id, label, options, change) {
    return gk.el("select", { id: id, "aria-label": label, on: { change: change } },
      options.map(function (pair) { return gk.el("option", { value: pair[0], text: pair[1] }); }));
  }

  function makeStreets() {
    var streets = gk.levels.street, level = gk.levels.compound;
    var order = Array.from(streets.code.keys()).sort(function (a, b) {
      return streets.name(a).localeCompare(streets.name(b), document.documentElement.lang);
    });
    var options = [["*", gk.words.all_streets]].concat(order.map(function (i) { return [streets.code[i], streets.name(i)]; }));
    if (level && gk.coded(level, "street").of.indexOf("") >= 0) options.push(["", gk.words.no_street]);
    return select("gk-street", gk.words.street_filter, options, function () {
      gk.state.street = this.value === "*" ? null : this.value;
      gk.refresh();
      var i = streets.at.get(this.value);
      if (i !== undefined) gk.zoomTo({ level: "street", i: i });
      else if (this.value === "*") gk.home();
    });
  }

  function makeTypes(level) {
    var kinds = gk.coded(level, "type").of.slice().sort();
    if (kinds.length < 2) return null;
    return select("gk-type", gk.words.type_filter, [["*", gk.words.all_types]].concat(kinds.map(function (kind) {
      return ["=" + kind, typeName(kind)];
    })), function () {
      gk.state.type = this.value === "*" ? null : this.value.slice(1);
      gk.refresh();
    });
  }

  // Every name of a unit or company once, for the field to offer; gathered when it is first used.
  function offer(level, list) {
    var names = {};
    if (list.firstChild) return;
    parties(level).forEach(function (column) {
      gk.coded(level, column).of.forEach(function (value) {
        text(value).split("\n").forEach(function (name) { if (name) names[name] = true; });
      });
    });
    Object.keys(names).sort().slice(0, MOST).forEach(function (name) { list.appendChild(gk.el("option", { value: name })); });
  }

  function makeParty(level) {
    var known = parties(level).some(function (column) {
      var coded = level.values ? level.values(column) : null;
      if (coded) return coded.of.some(function (value) { return !!text(value); });
      for (var i = 0; i < level.n; i++) if (text(level.get(column, i))) return true;
      return false;
    });
    party = null;
    if (!known) return [];
    var list = gk.el("datalist", { id: "gk-parties" });
    function take() {
      clearTimeout(later);
      if (!party || gk.state.party === party.value.trim()) return;
      gk.state.party = party.value.trim();
      gk.refresh();
    }
    function soon() { clearTimeout(later); later = setTimeout(take, 250); }
    party = gk.el("input", { type: "search", id: "gk-party", list: "gk-parties", placeholder: gk.words.party_filter,
      "aria-label": gk.words.party_filter, autocomplete: "off",
      on: { input: soon, change: take, search: take, focus: function () { offer(level, list); } } });
    return [party, list];
  }

  gk.makeFilters = function (parent) {
    var level = gk.levels.compound, line = gk.el("div", { class: "gk-bar gk-filters", role: "group", "aria-label": gk.words.filters });
    var parts = [gk.levels.street ? makeStreets() : null, level && gk.has(level, "type") ? makeTypes(level) : null];
    if (level) parts = parts.concat(makeParty(level));
    chips = gk.el("button", { type: "button", id: "gk-words", class: "gk-chip", hidden: "", on: { click: function () {
      gk.state.q = "";
      gk.refresh();
      document.getElementById("gk-query").focus();
    } } });
    parts.concat([chips]).forEach(function (part) { if (part) line.appendChild(part); });
    parent.appendChild(line);
    missed = gk.el("p", { class: "gk-hint", id: "gk-no-party", role: "status", hidden: "" });
    parent.appendChild(missed);
  };

  // Says that no unit or company is called so, where that is why nothing is shown.
  function miss() {
    var mask = new Uint8Array(gk.state.rest.length).fill(1), level = gk.levels.compound;
    if (gk.state.party && level) keepParty(mask, level);
    missed.hidden = !gk.state.party || mask.indexOf(1) >= 0;
    missed.textContent = missed.hidden ? "" : gk.say("party_none", { q: gk.state.party });
  }

  // Says beside the city's figures that they stay the city's while a part is looked at.
  function scope() {
    var line = document.getElementById("gk-scope"), street = gk.state.street, on = gk.filtered();
    line.textContent = on ? gk.say("scope", { filter: gk.filterWords().join(" · ") }) : "";
    if (line.hidden === on) {
      line.hidden = !on;
      gk.map.invalidateSize({ animate: false });
    }
    document.querySelectorAll("#gk-summary [data-street]").forEach(function (row) {
      row.classList.toggle("gk-current", row.getAttribute("data-street") === street);
    });
  }

  // Puts the controls to the state.
  gk.showFilters = function () {
    var state = gk.state, street = document.getElementById("gk-street"), type = document.getElementById("gk-type");
    if (street) street.value = state.street === null ? "*" : state.street;
    if (type) type.value = state.type === null ? "*" : "=" + state.type;
    if (party && party !== document.activeElement) party.value = state.party;
    if (party) party.title = state.party;
    miss();
    chips.hidden = !state.q;
    chips.textContent = state.q ? gk.say("search_chip", { q: state.q }) : "";
    scope();
  };
})();
