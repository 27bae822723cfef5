// Colours of areas by any indicator: which indicator, which level, the legend of its classes, and its numbers.
(function () {
  "use strict";
  var classes, levels, picker, paper, filled = ""; // the last one: the legend once more, for paper only

  // The indicator that colours the areas; the first one unless another was chosen.
  gk.indicator = function () {
    var all = gk.settings.indicators || [];
    return all.filter(function (one) { return one.id === gk.state.indicator; })[0] || all[0] || { id: "", label: gk.words.fill,
      column: "class", text: "rate", classes: gk.settings.classes, levels: areas() };
  };

  function areas() { return gk.order.filter(function (name) { return gk.has(gk.levels[name], "class") && name !== "defect"; }); }

  function change() {
    gk.showFill();
    gk.homeAgain();
    gk.redraw();
    gk.showDetails(gk.state.selected);
    gk.writeAddress();
  }

  function select(id, text, options, press) {
    var field = gk.el("select", { id: id, on: { change: press } }, options.map(function (pair) {
      return gk.el("option", { value: pair[0], text: pair[1] });
    }));
    return [gk.el("label", { class: "gk-fill" }, [gk.el("span", { text: text }), field]), field];
  }

  gk.makeFill = function (parent) {
    var all = gk.settings.indicators || [], first, second;
    first = select("gk-indicator", gk.words.fill_indicator, all.map(function (one) { return [one.id, one.label]; }), function () {
      gk.state.indicator = this.value;
      var known = gk.indicator().levels;
      if (gk.state.fill && known.indexOf(gk.state.fill) < 0) gk.state.fill = known[0] || "";
      if (!gk.state.fill) gk.state.fill = known[0] || ""; // who picks an indicator wants to see it
      change();
    });
    second = select("gk-fill", all.length ? gk.words.fill_level : gk.words.fill,
      [["", gk.words.fill_none]].concat(areas().map(function (name) { return [name, gk.levelName(name)]; })), function () {
        gk.state.fill = this.value;
        change();
      });
    picker = first[1];
    levels = second[1];
    classes = gk.el("div", { id: "gk-classes", hidden: "" });
    if (all.length) parent.appendChild(first[0]);
    parent.appendChild(second[0]);
    parent.appendChild(classes);
    paper = gk.el("div", { class: "gk-classes-paper" });
    document.getElementById("gk-tools").appendChild(paper);
  };

  // Puts the controls and the legend of the classes to the state.
  gk.showFill = function () {
    var chosen = gk.indicator(), level = gk.levels[gk.state.fill];
    gk.state.fillColumn = chosen.column;
    picker.value = chosen.id;
    levels.value = gk.state.fill;
    Array.prototype.forEach.call(levels.options, function (option) {
      option.disabled = !!option.value && chosen.levels.indexOf(option.value) < 0;
    });
    classes.textContent = paper.textContent = "";
    classes.hidden = !level;
    if (!!filled !== !!level && gk.levels.compound) gk.showLevel("compound", !level); // two codes of colour are one too many
    filled = gk.state.fill;
    if (!level) return;
    paper.appendChild(gk.el("b", { text: chosen.label + " · " + gk.levelName(gk.state.fill) }));
    var coded = gk.coded(level, chosen.column), counts = coded.of.map(function () { return 0; });
    for (var i = 0; i < level.n; i++) counts[coded.at[i]]++;
    chosen.classes.forEach(function (style) {
      var n = counts[coded.of.indexOf(style.id)] || 0;
      if (!n && /\/\d+$/.test(style.id)) return; // a step that this level does not need
      [classes, paper].forEach(function (box) {
        box.appendChild(gk.el("span", { "data-class": style.id, class: n ? "" : "gk-none" }, [gk.swatch(style),
          gk.el("span", { text: style.label }), gk.el("b", { text: n + "/" + level.n })]));
      });
    });
    if (chosen.column === "class") classes.appendChild(gk.el("p", { class: "gk-hint", text: gk.words.fill_dots }));
  };

  function said(level, one, i) {
    var style = gk.style[level.get(one.column, i)];
    return gk.el("span", { "data-indicator": one.id }, (style ? [gk.swatch(style)] : []).concat(
      document.createTextNode(" " + level.get(one.text, i))));
  }

  // Indicators that speak of a feature besides the two that its details say anyway.
  function further(feature) {
    var level = gk.levels[feature.level];
    if (!gk.has(level, "rate") || feature.level === "defect") return [];
    return (gk.settings.indicators || []).filter(function (one) {
      return one.column !== "class" && one.text !== "valid_rate" && one.levels.indexOf(feature.level) >= 0;
    });
  }

  // The one that colours the areas stands at the head of the details, the others at their end.
  gk.details.push(function (feature) {
    var chosen = gk.indicator();
    if (!gk.state.fill || further(feature).indexOf(chosen) < 0) return [];
    return [[chosen.label, said(gk.levels[feature.level], chosen, feature.i)]];
  });

  gk.detailsMore.push(function (feature) {
    var chosen = gk.state.fill ? gk.indicator() : null, rest = further(feature).filter(function (one) { return one !== chosen; });
    if (!rest.length) return [];
    return [[gk.words.further_indicators, gk.el("ul", { class: "gk-further" }, rest.map(function (one) {
      return gk.el("li", {}, [gk.el("small", { text: one.label }), said(gk.levels[feature.level], one, feature.i)]);
    }))]];
  });

  gk.tips.push(function (feature) {
    var level = gk.levels[feature.level], chosen = gk.indicator();
    return feature.level !== "compound" && feature.level !== "defect" && gk.has(level, chosen.text) ? level.get(chosen.text, feature.i) : "";
  });

  gk.kept.push({ key: "of", get: function () { return gk.state.fill && gk.indicator().column !== "class" ? gk.indicator().id : ""; },
    take: function (text) { gk.state.indicator = text; } });
})();
