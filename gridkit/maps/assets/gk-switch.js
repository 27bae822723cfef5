// The language of the page and its light or dark colours: kept in the address, and by the browser where it may.
(function () {
  "use strict";
  var TAGS = { zh: "zh-CN", en: "en" }, NAMES = { zh: "中文", en: "English" }, THEMES = ["auto", "light", "dark"];
  var ICON = { auto: "M8 2a6 6 0 1 0 0 12a6 6 0 1 0 0-12zM8 2v12M8 5h5M8 8h6M8 11h5",
    light: "M8 5a3 3 0 1 0 0 6a3 3 0 1 0 0-6zM8 .8v2M8 13.2v2M.8 8h2M13.2 8h2M3 3l1.3 1.3M11.7 11.7 13 13M3 13l1.3-1.3M11.7 4.3 13 3",
    dark: "M13.5 9.6A6 6 0 1 1 6.4 2.5a4.8 4.8 0 0 0 7.1 7.1z" };
  var main = "", languages = {}, given = null, wish = "auto", printing = false;
  var dusk = window.matchMedia ? window.matchMedia("(prefers-color-scheme: dark)") : null;

  // ---- what the browser remembers; a page in a sandbox may not ask

  function kept(key) { try { return localStorage.getItem("gridkit." + key); } catch (error) { return null; } }

  function keep(key, value) { try { localStorage.setItem("gridkit." + key, value); } catch (error) { /* only the address keeps it */ } }

  function asked(key) {
    var found = new RegExp("(?:^#?|&)" + key + "=([a-z]+)").exec(location.hash);
    return found ? found[1] : kept(key) || "";
  }

  // ---- colours

  function colours(quiet) {
    var dark = !printing && (wish === "dark" || wish === "auto" && !!dusk && dusk.matches);
    if (gk.theme === (dark ? "dark" : "light")) return;
    gk.theme = dark ? "dark" : "light";
    document.documentElement.setAttribute("data-theme", gk.theme);
    if (gk.repaintSwatches) gk.repaintSwatches();
    if (quiet === true || !gk.state || !gk.map) return;
    gk.redraw();
    gk.drawList();
  }

  function themeTool() {
    var button = document.getElementById("gk-theme");
    if (!button) return;
    gk.labelTool(button, gk.words["theme_" + wish]);
    button.querySelector("path").setAttribute("d", ICON[wish]);
  }

  // Takes the colours "auto", "light" or "dark".
  gk.paintAs = function (theme) {
    wish = THEMES.indexOf(theme) >= 0 ? theme : "auto";
    colours();
    themeTool();
  };

  gk.paintAs(asked("theme")); // before anything is seen
  if (dusk && dusk.addEventListener) dusk.addEventListener("change", function () { colours(); });
  [["beforeprint", true], ["afterprint", false]].forEach(function (pair) { // paper is white
    window.addEventListener(pair[0], function () { printing = pair[1]; colours(true); });
  });

  // ---- words

  var plainGet = gk.Level.prototype.get, plainValues = gk.Level.prototype.values;

  // The column that holds the words of now.
  function column(level, name) {
    var known = level.spoken = level.spoken || Object.create(null);
    if (known[name] === undefined) known[name] = level.has(name + "@" + gk.language) ? name + "@" + gk.language : name;
    return known[name];
  }

  function otherGet(name, i) { return plainGet.call(this, column(this, name), i); }

  function otherValues(name) { return plainValues.call(this, column(this, name)); }

  function speakColumns() {
    var other = gk.language !== main;
    gk.Level.prototype.get = other ? otherGet : plainGet;
    gk.Level.prototype.values = other ? otherValues : plainValues;
    gk.order.forEach(function (name) {
      var level = gk.levels[name];
      level.spoken = level.coded = level.ranks = null;
    });
  }

  function put(selector, text, attribute) {
    document.querySelectorAll(selector).forEach(function (node) {
      if (attribute) node.setAttribute(attribute, text);
      else node.textContent = text;
    });
  }

  function each(selector, texts) {
    document.querySelectorAll(selector).forEach(function (node, k) { if (texts[k] !== undefined) node.textContent = texts[k]; });
  }

  function speakHead(page, words) {
    document.title = page.title;
    put("h1", page.title);
    put(".gk-mark", page.mark);
    put("a.gk-back", "← " + words.all_streets);
    Object.keys(page.figures).forEach(function (id) { put('.gk-figure[data-figure="' + id + '"] dt', page.figures[id]); });
    each(".gk-rates p:not([id])", page.rates.concat(page.warnings, page.counting, page.derivation));
    put(".gk-derivation summary", words.derivation);
    put("#gk-notes > summary", words.notes);
    each("#gk-foot span", page.footer);
    put("#gk-error", words.broken, "data-words");
    put("#gk-opening", words.opening);
    put("#gk-say", ""); // what was last said, was said in the other language
    put("#gk-toolbar", words.tools, "aria-label");
    put("#gk-side", words.list, "aria-label");
    put("#gk-tabs", words.details, "aria-label");
  }

  // The table by street, which stands in the page itself.
  function speakSummary(page, words) {
    put("#gk-summary h2", words.summary);
    each("#gk-summary thead th:not(.gk-status)", [page.level_name, words.all_column, words.rate_column]);
    document.querySelectorAll("#gk-summary thead .gk-status").forEach(function (cell, k) {
      var style = gk.settings.statuses[k];
      cell.title = style.label;
      cell.setAttribute("aria-label", style.label);
      cell.querySelector(".gk-wide").textContent = style.label;
      cell.querySelector(".gk-short").textContent = style.short;
    });
    each("#gk-summary tbody th", page.rows);
    document.querySelectorAll("#gk-summary .gk-key > span").forEach(function (span, k) {
      var style = gk.settings.statuses[k];
      span.textContent = "";
      span.appendChild(gk.el("b", { text: style.short }));
      span.appendChild(document.createTextNode(" " + style.label));
    });
  }

  function speakMap(words) {
    var zoom = gk.map && gk.map.zoomControl;
    if (!zoom) return;
    [[zoom._zoomInButton, words.zoom_in], [zoom._zoomOutButton, words.zoom_out]].forEach(function (pair) {
      pair[0].title = pair[1];
      pair[0].setAttribute("aria-label", pair[1]);
    });
  }

  function speakTools() {
    document.querySelectorAll("#gk-toolbar [data-word]").forEach(function (button) {
      gk.labelTool(button, gk.words[button.getAttribute("data-word")]);
    });
    themeTool();
    var button = document.getElementById("gk-language"), next = other();
    if (!button) return;
    gk.labelTool(button, NAMES[next] || next);
    button.lang = TAGS[next] || next;
  }

  function other() {
    var all = Object.keys(languages);
    return all[(all.indexOf(gk.language) + 1) % all.length];
  }

  // Takes the words of a language that the page carries, for everything that it shows.
  gk.speak = function (language) {
    var next = Object.prototype.hasOwnProperty.call(languages, language) ? language : main;
    if (next === gk.language) return;
    gk.language = next;
    gk.settings = Object.assign({}, given, languages[next]);
    gk.words = gk.settings.words;
    document.documentElement.lang = TAGS[next] || next;
    gk.nameStyles();
    speakColumns();
    gk.onSpeak.forEach(function (tell) { tell(); });
    speakHead(gk.settings.page, gk.words);
    speakSummary(gk.settings.page, gk.words);
    speakMap(gk.words);
    speakTools();
    if (gk.state) gk.refurnish();
    if (gk.map) gk.map.fire("move"); // the bar of the scale
  };

  gk.onRead.push(function () {
    given = gk.settings;
    main = gk.language = given.language || "";
    languages = given.languages || {};
    gk.speak(asked("lang"));
    if (Object.keys(languages).length > 1) {
      gk.addTool({ id: "gk-language", label: " ", press: function () {
        gk.speak(other());
        keep("lang", gk.language);
        gk.writeAddress();
        document.getElementById("gk-language").focus();
      } });
    }
    gk.addTool({ id: "gk-theme", label: gk.words["theme_" + wish], icon: ICON[wish], words: false, press: function () {
      gk.paintAs(THEMES[(THEMES.indexOf(wish) + 1) % 3]);
      keep("theme", wish);
      gk.announce(gk.words["theme_" + wish]);
      gk.writeAddress();
    } });
  });

  gk.onStart.push(function () { speakMap(gk.words); speakTools(); });

  gk.kept.push({ key: "lang", get: function () { return gk.language === main ? "" : gk.language; }, take: function (text) {
    gk.speak(text || asked("lang"));
  } }, { key: "theme", get: function () { return wish === "auto" ? "" : wish; }, take: function (text) { gk.paintAs(text || asked("theme")); } });
})();
