// Small helpers of the review page that hold no state: pieces of the card, dates, names side by side, text of files.
(function () {
  "use strict";
  var tools = gk.review.tools = {}, byId = document.getElementById.bind(document);

  tools.today = function () {
    var now = new Date();
    return new Date(now.getTime() - now.getTimezoneOffset() * 60000).toISOString().slice(0, 10);
  };

  // A name in pieces, the characters marked that do not stand in the same order in the mention. Both are compared in
  // simplified characters.
  tools.compared = function (one, row) {
    var name = Array.from(one.n || one.t).slice(0, 60), a = Array.from(gk.fold(one.q || one.n || one.t)), b = Array.from(gk.fold(row.q || row.m)).slice(0, 120);
    if (a.length < name.length) a = name;
    var table = name.concat("").map(function () { return new Uint8Array(b.length + 1); });
    for (var i = name.length - 1; i >= 0; i--) {
      for (var j = b.length - 1; j >= 0; j--) table[i][j] = a[i] === b[j] ? table[i + 1][j + 1] + 1 : Math.max(table[i + 1][j], table[i][j + 1]);
    }
    var out = [], k = 0, l = 0;
    while (k < name.length) {
      if (l < b.length && a[k] === b[l]) { out.push([name[k++], false]); l++; }
      else if (l < b.length && table[k][l + 1] >= table[k + 1][l]) l++;
      else out.push([name[k++], true]);
    }
    out.push([Array.from(one.n || one.t).slice(60).join(""), false]);
    return out.map(function (part) { return gk.el(part[1] ? "mark" : "span", { text: part[0] }); });
  };

  tools.fact = function (name, text) {
    return text ? [gk.el("dt", { text: name }), gk.el("dd", { text: text })] : [];
  };

  tools.action = function (key, text, what, given) {
    return gk.el("button", Object.assign({ type: "button", on: { click: what } }, given), [gk.el("kbd", { text: key }), gk.el("span", { text: text })]);
  };

  tools.field = function (id, name, value, change) {
    return gk.el("label", { class: "gk-field" }, [gk.el("span", { text: name }),
      gk.el("input", { id: id, type: "text", value: value, autocomplete: "off", on: { input: function (event) { change(event.target.value, false); },
        change: function (event) { change(event.target.value, true); } } })]);
  };

  // A file as text, also one that a Chinese spreadsheet program has saved.
  tools.textOf = function (data) {
    var bytes = new Uint8Array(data), wide = { "255,254": "utf-16le", "254,255": "utf-16be" }[bytes.slice(0, 2).join()];
    if (wide) return new TextDecoder(wide).decode(bytes);
    try { return new TextDecoder("utf-8", { fatal: true }).decode(bytes); }
    catch (error) { return new TextDecoder("gb18030").decode(bytes); }
  };

  tools.letterOf = function (event) {
    // a Chinese input method hides the letter, not the key
    var code = /^Key([A-Z])$/.exec(event.code || "");
    return /^[a-z]$/i.test(event.key) ? event.key.toLowerCase() : code ? code[1].toLowerCase() : "";
  };

  tools.options = function (select, pairs) {
    pairs.forEach(function (pair) { select.appendChild(gk.el("option", { value: pair[0], text: pair[1] })); });
  };

  tools.legend = function () {
    var box = byId("gk-legend");
    [["gk-candidate", gk.words.candidate], ["gk-other", gk.words.neighbour], ["gk-home", gk.words.home_outline], ["gk-point", gk.words.row_point]].forEach(function (one) {
      box.appendChild(gk.el("span", {}, [gk.el("i", { class: "gk-key-" + one[0] }), gk.el("span", { text: one[1] })]));
    });
  };
})();
