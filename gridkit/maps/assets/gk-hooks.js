// What the other files of the page build on: elements, hooks, the toolbar, columns as whole numbers.
(function () {
  "use strict";
  var waiting = [];

  gk.filters = []; // functions (i) -> whether compound i is shown; all must agree
  gk.onRefresh = []; // functions called after the filters or what is shown have changed
  gk.onStart = []; // functions (map) called once, when the page stands
  gk.onRead = []; // functions called once, when the data are read and nothing is shown yet
  gk.onSpeak = []; // functions called after the words have changed, before the page is put together again
  gk.moreStyles = []; // functions () -> further styles, with their labels in the words of now
  gk.details = []; // functions (feature) -> [[word, node], ...]: what the details say of a feature besides
  gk.detailsMore = []; // the same for the end of the details
  gk.kept = []; // what else the address keeps: {key, get: () -> text, take: function (text)}, "" for what is usual
  gk.tips = []; // functions (feature) -> what the tooltip says of it after its name, or ""

  // Makes an element; text only ever becomes a text node.
  gk.el = function (tag, options, children) {
    var node = document.createElement(tag), given = options || {};
    for (var key in given) {
      if (key === "text") node.textContent = given[key];
      else if (key === "on") for (var event in given.on) node.addEventListener(event, given.on[event]);
      else if (key === "class") node.className = given[key];
      else node.setAttribute(key, given[key]);
    }
    (children || []).forEach(function (child) { node.appendChild(child); });
    return node;
  };

  // A drawing of 16 by 16 from path data, for buttons; screen readers pass over it.
  gk.icon = function (path) {
    var name = "http://www.w3.org/2000/svg", svg = document.createElementNS(name, "svg");
    var line = document.createElementNS(name, "path");
    [["viewBox", "0 0 16 16"], ["aria-hidden", "true"], ["focusable", "false"], ["class", "gk-icon"]].forEach(function (pair) {
      svg.setAttribute(pair[0], pair[1]);
    });
    line.setAttribute("d", path);
    svg.appendChild(line);
    return svg;
  };

  // Adds a button to the toolbar: {id, label or word (a key of gk.words), icon: path data (may be missing),
  // press: function (event)}. With `words: false` the label is only a tooltip. Returns the button.
  gk.addTool = function (tool) {
    var button = gk.el("button", { type: "button", id: tool.id, on: { click: tool.press } });
    if (tool.icon) button.appendChild(gk.icon(tool.icon));
    if (!tool.icon || tool.words !== false) button.appendChild(gk.el("span"));
    if (tool.word) button.setAttribute("data-word", tool.word);
    gk.labelTool(button, tool.label || gk.words[tool.word] || "");
    var bar = document.getElementById("gk-toolbar");
    if (bar) bar.appendChild(button);
    else waiting.push(button);
    return button;
  };

  // Puts a label on a button of the toolbar: its text, or what is said of its icon.
  gk.labelTool = function (button, label) {
    var text = button.querySelector("span");
    button.title = label;
    if (text) text.textContent = label;
    else button.setAttribute("aria-label", label);
  };

  gk.makeToolbar = function () {
    waiting.splice(0).forEach(function (button) { document.getElementById("gk-toolbar").appendChild(button); });
  };

  // Column of a level as {of: distinct values, at: number of the value of each feature}; made once.
  gk.coded = function (level, column) {
    var made = level.coded = level.coded || {};
    if (made[column]) return made[column];
    var found = level.values ? level.values(column) : null;
    if (!found) {
      var known = new Map(), of = [], at = new Int32Array(level.n);
      for (var i = 0; i < level.n; i++) {
        var value = level.get(column, i), key = Array.isArray(value) ? value.join("\n") : value, k = known.get(key);
        if (k === undefined) { k = of.length; known.set(key, k); of.push(value); }
        at[i] = k;
      }
      found = { of: of, at: at };
    }
    return (made[column] = found);
  };

  // Column of numbers of a level, missing ones NaN; made once.
  gk.numbers = function (level, column) {
    var made = level.numbers = level.numbers || {};
    if (!made[column]) {
      var out = made[column] = new Float64Array(level.n);
      for (var i = 0; i < level.n; i++) {
        var value = level.get(column, i);
        out[i] = value === null || value === undefined ? NaN : value;
      }
    }
    return made[column];
  };

  gk.has = function (level, column) {
    return !!level && (level.has ? level.has(column) : column in level.columns);
  };
})();
