// The tree of layers on the map: which levels are drawn, how many features each has, the colours of areas.
(function () {
  "use strict";
  var AREAS = ["street", "community", "grid"];
  var boxes = {}, groups = [], note, control = null;

  gk.levelName = function (name) { return gk.settings.levels[name] || name; };

  function settle() {
    groups.forEach(function (group) {
      var on = group.names.filter(function (name) { return gk.state.show[name]; }).length;
      group.input.checked = on === group.names.length;
      group.input.indeterminate = on > 0 && on < group.names.length;
    });
    if (note) note.hidden = !gk.state.show.defect;
    gk.map.getContainer().classList.toggle("gk-nameless", gk.state.show.labels === false);
  }

  // Shows or hides a level.
  gk.showLevel = function (name, on) {
    gk.state.show[name] = on;
    if (boxes[name]) boxes[name].checked = on;
    settle();
    gk.redraw();
  };

  function count(name) {
    var level = gk.levels[name], placed = 0;
    if (name === "defect") return gk.settings.defects.count;
    for (var i = 0; i < level.n; i++) if (level.placed(i)) placed++;
    return placed === level.n ? String(level.n) : gk.say("placed", { n: placed, all: level.n });
  }

  function entry(name, text, number) {
    var input = boxes[name] = gk.el("input", { type: "checkbox", "data-level": name,
      on: { change: function () { gk.showLevel(name, this.checked); gk.homeAgain(); } } });
    input.checked = gk.state.show[name];
    return gk.el("li", {}, [gk.el("label", {}, [input, gk.el("span", { text: text }), gk.el("small", { text: number })])]);
  }

  function group(names, text) {
    var input = gk.el("input", { type: "checkbox", on: { change: function () {
      names.forEach(function (name) { gk.state.show[name] = input.checked; boxes[name].checked = input.checked; });
      settle();
      gk.redraw();
    } } });
    groups.push({ names: names, input: input });
    return gk.el("li", {}, [gk.el("label", {}, [input, gk.el("span", { text: text })]),
      gk.el("ul", {}, names.map(function (name) { return entry(name, gk.levelName(name), count(name)); }))]);
  }

  function tree() {
    var known = function (name) { return !!gk.levels[name]; }, areas = AREAS.filter(known);
    var others = gk.order.filter(function (name) { return AREAS.concat(["compound", "defect"]).indexOf(name) < 0; });
    var list = gk.el("ul", { id: "gk-layers" });
    if (gk.state.show.labels === undefined) gk.state.show.labels = true;
    list.appendChild(entry("labels", gk.words.names, ""));
    if (known("defect")) list.appendChild(entry("defect", gk.levelName("defect"), count("defect")));
    if (others.length) list.appendChild(group(others, gk.words.further_layers));
    if (areas.length) list.appendChild(group(areas, gk.words.boundaries));
    if (known("compound")) list.appendChild(entry("compound", gk.levelName("compound"), count("compound")));
    return list;
  }

  function build(fold, small) {
    var body = gk.el("div", { class: "gk-layer-body", id: "gk-layer-body" }, [tree()]);
    if (gk.settings.defects) {
      note = gk.el("p", { class: "gk-hint", id: "gk-defects", text: gk.settings.defects.note, hidden: "" });
      body.appendChild(note);
    }
    if (gk.makeFill) gk.makeFill(body);
    var button = gk.el("button", { type: "button", id: "gk-layer-fold", "aria-controls": "gk-layer-body", on: { click: function () {
      body.hidden = !body.hidden;
      button.setAttribute("aria-expanded", body.hidden ? "false" : "true");
      gk.homeAgain();
    } } }, [gk.icon("M8 2 14 5.5 8 9 2 5.5Z M2 9 8 12.5 14 9"), gk.el("span", { text: gk.words.layers })]);
    body.hidden = small;
    button.setAttribute("aria-expanded", small ? "false" : "true");
    fold.appendChild(button);
    fold.appendChild(body);
    settle();
    return fold;
  }

  // Puts the box of layers on the map, in place of one that is there.
  gk.makeLayers = function (map) {
    var shut = control ? document.getElementById("gk-layer-body").hidden : window.innerWidth <= 1000 || window.innerHeight <= 620;
    if (control) control.remove();
    boxes = {};
    groups = [];
    control = L.control({ position: "topright" });
    control.onAdd = function () {
      var box = gk.el("section", { class: "gk-layer-box", "aria-label": gk.words.layers });
      L.DomEvent.disableClickPropagation(box).disableScrollPropagation(box);
      return build(box, shut);
    };
    control.addTo(map);
  };
})();
