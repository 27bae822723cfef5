// Search by name, code or pinyin: every level in one text, so that a query is a few passes over it.
(function () {
  "use strict";
  var WIDE = 6, NARROW = 24; // hits shown of a level of areas, and of compounds or other features
  var SLICE = 4000, LINE = 10, TAB = 9;
  var books = {}, input, list, note, hits = [], now = -1;

  // Texts of a level are put together slice by slice: "\n" name "\t" code "\t" initials, one feature after another.
  // With `full` the texts are names in full pinyin, for queries of letters that find nothing else.
  function Book(name, full) {
    this.level = gk.levels[name];
    this.full = full;
    this.n = this.level.n;
    this.spelt = gk.has(this.level, "initials");
    this.done = 0;
    this.parts = [];
    this.begin = new Int32Array(this.n + 1);
  }

  function plain(value) { return gk.fold(value === null || value === undefined ? "" : value).replace(/[\n\t]/g, " "); }

  Book.prototype.entry = function (i) {
    var level = this.level;
    if (this.full) return "\n\t\t" + spell(level.get("name", i) || "");
    return "\n" + plain(level.get("name", i)) + "\t" + plain(level.code[i]) + "\t" + (this.spelt ? plain(level.get("initials", i)) : "");
  };

  Book.prototype.slice = function () {
    var level = this.level, to = Math.min(this.n, this.done + SLICE), raw = [], begin = this.begin, at = begin[this.done];
    for (var i = this.done; i < to; i++) {
      if (this.full) raw.push(this.entry(i));
      else raw.push("\n" + (level.get("name", i) || "") + "\t" + level.code[i] + "\t" + (this.spelt ? level.get("initials", i) || "" : ""));
    }
    var text = gk.fold(raw.join("")), k = this.done, from = text.indexOf("\n");
    while (from >= 0 && k <= to) { begin[k++] = at + from; from = text.indexOf("\n", from + 1); }
    if (k !== to || text.split("\t").length !== 2 * (to - this.done) + 1) { // a name holds a line end or a tab
      text = "";
      for (var j = this.done; j < to; j++) { begin[j] = at + text.length; text += this.entry(j); }
    }
    begin[to] = at + text.length;
    this.parts.push(text);
    this.done = to;
  };

  Book.prototype.finish = function () {
    while (this.done < this.n) this.slice();
    if (this.text === undefined) { this.text = this.parts.join(""); this.parts = []; }
    return this;
  };

  function book(name, full) {
    var key = full ? name + " full" : name;
    if (!books[key]) books[key] = new Book(name, full);
    return books[key].finish();
  }

  // A name in pinyin, as far as the page knows the readings; letters and digits as they are.
  function spell(name) {
    var known = gk.settings.pinyin || {};
    return Array.from(name, function (one) {
      return Object.prototype.hasOwnProperty.call(known, one) ? known[one] : /[a-z0-9]/i.test(one) ? one : "";
    }).join("");
  }

  // Makes the texts after the page stands, a little at a time, so that the first query need not wait.
  function ahead() {
    var name = gk.order.filter(function (one) { return one !== "defect" && !(books[one] && books[one].text !== undefined); })[0];
    if (!name) return;
    if (!books[name]) books[name] = new Book(name);
    if (books[name].done < books[name].n) books[name].slice();
    else books[name].finish();
    setTimeout(ahead, 5);
  }

  function words(query) { return gk.fold(query).split(/\s+/).filter(Boolean); }

  // Calls `found` with each feature of a level whose text holds all words, and the place of the longest of them.
  function scan(name, query, found) {
    var n = 0;
    pass(book(name), query, function (i, at, it) { n++; found(i, at, it); });
    if (!n && /^[a-z][a-z0-9 ]{2,}$/.test(gk.fold(query.trim()))) pass(book(name, true), query, found);
  }

  function pass(it, query, found) {
    var text = it.text, begin = it.begin;
    var sought = words(query).sort(function (a, b) { return b.length - a.length; }), first = sought.shift();
    if (!first) return;
    for (var i = 0, at = text.indexOf(first); at >= 0; at = text.indexOf(first, begin[i + 1])) {
      while (begin[i + 1] <= at) i++;
      if (sought.length) {
        var one = text.slice(begin[i], begin[i + 1]);
        if (!sought.every(function (word) { return one.indexOf(word) >= 0; })) continue;
      }
      found(i, at, it);
    }
  }

  // Which features of a level hold every word of the query, as a mask.
  gk.matches = function (name, query) {
    var mask = new Uint8Array(gk.levels[name].n);
    scan(name, query, function (i) { mask[i] = 1; });
    return mask;
  };

  // Hits of one level, the best `most` of them: the whole name first, then names that begin with it, then codes that do.
  function best(name, query, most) {
    var ranks = [[], [], [], []], n = 0, sought = words(query), whole = sought.length === 1 ? sought[0].length : Infinity;
    scan(name, query, function (i, at, it) {
      var before = it.text.charCodeAt(at - 1);
      var rank = before === LINE ? (it.text.charCodeAt(at + whole) === TAB ? 0 : 1) : before === TAB ? 2 : 3;
      n++;
      if (ranks[rank].length < most) ranks[rank].push({ level: name, i: i });
    });
    return { level: name, n: n, hits: Array.prototype.concat.apply([], ranks).slice(0, most) };
  }

  // Features whose name, code or initials hold every word of the query, by level, wide levels first.
  gk.search = function (query) {
    if (!words(query).length) return [];
    return gk.order.filter(function (name) { return name !== "defect"; }).map(function (name) {
      return best(name, query, ["street", "community", "grid"].indexOf(name) >= 0 ? WIDE : NARROW);
    }).filter(function (group) { return group.n; });
  };

  // Text with the words of the query marked, where folding has not changed its length.
  function marked(text, query) {
    var folded = gk.fold(text), word = words(query).filter(function (one) { return folded.indexOf(one) >= 0; })[0];
    if (!word || folded.length !== text.length) return [document.createTextNode(text)];
    var at = folded.indexOf(word);
    return [document.createTextNode(text.slice(0, at)), gk.el("mark", { text: text.slice(at, at + word.length) }),
      document.createTextNode(text.slice(at + word.length))];
  }

  function option(feature, query) {
    var level = gk.levels[feature.level], i = feature.i, k = hits.push(feature) - 1;
    var above = feature.level === "compound" ? gk.areaOf(i) : "";
    var place = level.placed(i) ? [] : [gk.words.without_place];
    return gk.el("li", { role: "option", id: "gk-hit-" + k, "aria-selected": "false", on: {
      mousedown: function (event) { event.preventDefault(); pick(feature); } } }, [gk.chip(gk.styleOf(feature)),
      gk.el("span", {}, marked(level.name(i), query)),
      gk.el("small", {}, marked(level.code[i], query).concat([document.createTextNode([""].concat(above || [], place).join(" · "))]))]);
  }

  function group(found, query) {
    var name = gk.levelName(found.level), more = found.n - found.hits.length, id = "gk-hits-" + found.level;
    var rows = found.hits.map(function (feature) { return option(feature, query); });
    if (more) rows.push(gk.el("li", { role: "presentation", class: "gk-hint", text: gk.say("found_more", { n: more }) }));
    return gk.el("li", { role: "presentation" }, [gk.el("p", { class: "gk-group", id: id, text: gk.say("found_level", { level: name, n: found.n }) }),
      gk.el("ul", { role: "group", "aria-labelledby": id }, rows)]);
  }

  function close() {
    list.hidden = note.hidden = true;
    now = -1;
    input.setAttribute("aria-expanded", "false");
    input.removeAttribute("aria-activedescendant");
  }

  function pick(feature) {
    close();
    input.value = "";
    gk.select(feature, { zoom: true });
  }

  function stand(k) {
    var before = document.getElementById("gk-hit-" + now), node = document.getElementById("gk-hit-" + k);
    if (before) before.setAttribute("aria-selected", "false");
    now = k;
    if (!node) return;
    node.setAttribute("aria-selected", "true");
    node.scrollIntoView({ block: "nearest" });
    input.setAttribute("aria-activedescendant", node.id);
  }

  // Shows only what the query finds, in list, legend and map.
  function filter() {
    gk.state.q = input.value.trim();
    close();
    input.value = "";
    gk.refresh();
    gk.chooseList("shown");
    gk.showTab("gk-list");
  }

  function run() {
    var query = input.value, found = gk.search(query), compounds = 0;
    list.textContent = "";
    hits = [];
    found.forEach(function (one) {
      list.appendChild(group(one, query));
      if (one.level === "compound") compounds = one.n;
    });
    if (compounds > 1) {
      hits.push(null);
      list.appendChild(gk.el("li", { role: "option", id: "gk-hit-" + (hits.length - 1), class: "gk-filter-hit", "aria-selected": "false",
        text: gk.say("found_filter", { n: compounds }), on: { mousedown: function (event) { event.preventDefault(); filter(); } } }));
    }
    list.hidden = !found.length;
    input.setAttribute("aria-expanded", list.hidden ? "false" : "true");
    note.hidden = !query.trim() || found.length > 0;
    note.textContent = note.hidden ? "" : gk.words.found_none;
    if (found.length) stand(0);
    else input.removeAttribute("aria-activedescendant");
  }

  function keys(event) {
    if (event.key === "Escape") {
      if (!list.hidden || input.value) event.stopPropagation();
      input.value = "";
      close();
      return;
    }
    if (list.hidden) { if (event.key === "ArrowDown") run(); return; }
    if (event.key === "Enter" && now >= 0) {
      event.preventDefault();
      if (hits[now]) pick(hits[now]);
      else filter();
    } else if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault();
      stand((now + (event.key === "ArrowDown" ? 1 : hits.length - 1)) % hits.length);
    }
  }

  gk.onStart.push(function () { setTimeout(ahead, 300); });
  gk.onSpeak.push(function () { books = {}; });

  gk.makeSearch = function (parent) {
    list = gk.el("ul", { id: "gk-found", role: "listbox", "aria-label": gk.words.search, hidden: "" });
    note = gk.el("p", { class: "gk-hint", id: "gk-no-hit", role: "status", hidden: "" });
    input = gk.el("input", { type: "search", id: "gk-query", placeholder: gk.words.search_hint, autocomplete: "off", role: "combobox",
      "aria-label": gk.words.search_hint, "aria-controls": "gk-found", "aria-expanded": "false", "aria-autocomplete": "list",
      on: { input: run, keydown: keys, blur: function () { setTimeout(close, 150); } } });
    parent.appendChild(gk.el("div", { class: "gk-search" }, [input, list, note]));
  };
})();
