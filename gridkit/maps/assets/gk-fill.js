// Colours of areas by their rate: which level is coloured, and the legend of the classes.
(function () {
  "use strict";
  var classes;

  gk.makeFill = function (parent) {
    var kinds = [["", gk.words.fill_none]].concat(gk.order.filter(function (name) { return gk.has(gk.levels[name], "class") && name !== "defect"; })
      .map(function (name) { return [name, gk.levelName(name)]; }));
    classes = gk.el("div", { id: "gk-classes", hidden: "" });
    parent.appendChild(gk.el("label", { class: "gk-fill" }, [gk.el("span", { text: gk.words.fill }),
      gk.el("select", { id: "gk-fill", on: { change: function () {
        gk.state.fill = this.value;
        gk.showFill();
        gk.redraw();
        gk.writeAddress();
      } } }, kinds.map(function (kind) { return gk.el("option", { value: kind[0], text: kind[1] }); }))]));
    parent.appendChild(classes);
  };

  // Puts the control and the legend of the classes to the state.
  gk.showFill = function () {
    var level = gk.levels[gk.state.fill];
    document.getElementById("gk-fill").value = gk.state.fill;
    classes.textContent = "";
    classes.hidden = !level;
    if (!level) return;
    var coded = gk.coded(level, "class"), counts = coded.of.map(function () { return 0; });
    for (var i = 0; i < level.n; i++) counts[coded.at[i]]++;
    gk.settings.classes.forEach(function (style) {
      var n = counts[coded.of.indexOf(style.id)] || 0;
      classes.appendChild(gk.el("span", { "data-class": style.id, class: n ? "" : "gk-none" }, [gk.swatch(style),
        gk.el("span", { text: style.label }), gk.el("b", { text: n + "/" + level.n })]));
    });
    classes.appendChild(gk.el("p", { class: "gk-hint", text: gk.words.unknown_part }));
  };
})();
