// Puts the page together: state, legend and filter, tabs, selection, the address.
(function () {
  "use strict";
  var map, tiles, labels, halo, legend = {}, counter, classes, tip, tabs = {};

  // Whether the legend shows this status; nothing picked means everything.
  function passes(id) { return !gk.state.only.length || gk.state.only.indexOf(id) >= 0; }

  // A first click shows one status alone, later ones add and remove; with Ctrl the first one removes, too.
  function pick(id, keep) {
    var only = gk.state.only;
    if (!only.length && !keep) only = [id];
    else only = gk.statuses.filter(function (other) { return passes(other) !== (other === id); });
    gk.state.only = only.length === gk.statuses.length ? [] : only;
    gk.refresh();
    gk.chooseList("shown");
  }

  gk.redraw = function () { if (tiles) { tiles.redraw(); labels.draw(); } };

  function extra(i) { return gk.filters.every(function (filter) { return filter(i); }); }

  gk.refresh = function () {
    var level = gk.levels.compound;
    gk.state.on = new Uint8Array(level ? level.n : 0);
    for (var i = 0; level && i < level.n; i++) {
      gk.state.on[i] = passes(level.get("status", i)) && gk.inStreet(i) && extra(i) ? 1 : 0;
    }
    gk.redraw();
    count();
    scope();
    gk.drawList();
    gk.writeAddress();
    gk.onRefresh.forEach(function (tell) { tell(); });
  };

  function streetName() { return gk.nameOf("street", gk.state.street) || gk.words.no_street; }

  // Says beside the city's figures that they stay the city's while one street is looked at.
  function scope() {
    var line = document.getElementById("gk-scope"), street = gk.state.street;
    line.textContent = street === null ? "" : gk.say("scope", { street: streetName() });
    if (line.hidden !== (street === null)) {
      line.hidden = street === null;
      map.invalidateSize({ animate: false });
    }
    document.querySelectorAll("#gk-summary [data-street]").forEach(function (row) {
      row.classList.toggle("gk-current", row.getAttribute("data-street") === street);
    });
  }

  gk.inStreet = function (i) {
    var street = gk.state.street;
    return street === null || gk.levels.compound.get("street", i) === street;
  };

  function count() {
    var level = gk.levels.compound, counts = {}, all = 0, shown = 0;
    if (!level) { counter.textContent = gk.words.no_compounds; return; }
    for (var i = 0; i < level.n; i++) {
      if (!gk.inStreet(i)) continue;
      all++;
      shown += gk.state.on[i];
      counts[level.get("status", i)] = (counts[level.get("status", i)] || 0) + 1;
    }
    for (var id in legend) {
      var n = counts[id] || 0;
      legend[id].lastChild.textContent = n + "/" + all;
      legend[id].setAttribute("aria-pressed", passes(id) ? "true" : "false");
      legend[id].classList.toggle("gk-none", !n);
    }
    counter.textContent = gk.state.street === null ? gk.say("shown", { n: shown, all: level.n })
      : gk.say("shown_street", { n: shown, here: all, street: streetName(), all: level.n });
  }

  function makeLegend(parent) {
    var box = gk.el("div", { id: "gk-legend", role: "group", "aria-label": gk.words.legend });
    gk.settings.statuses.forEach(function (style) {
      legend[style.id] = gk.el("button", { type: "button", "data-status": style.id, title: style.label, on: { click: function (event) {
        pick(style.id, event.ctrlKey || event.metaKey);
      } } }, [gk.swatch(style), gk.el("span", { text: style.label }), gk.el("b")]);
      box.appendChild(legend[style.id]);
    });
    counter = gk.el("span", { id: "gk-shown" });
    var reset = gk.el("button", { type: "button", id: "gk-all", text: gk.words.reset, on: { click: function () {
      gk.state.only = [];
      gk.state.street = null;
      gk.showControls();
      gk.refresh();
      gk.chooseList("shown");
      home();
    } } });
    parent.appendChild(box);
    parent.appendChild(gk.el("p", { class: "gk-bar gk-note gk-lines" }, [
      gk.el("span", { class: "gk-hint", text: gk.words.legend_hint }), gk.el("span", { text: gk.words.not_valid_line })]));
    parent.appendChild(gk.el("p", { class: "gk-bar gk-note" }, [counter, reset]));
  }

  function makeFilter(parent) {
    var streets = gk.levels.street, line = gk.el("div", { class: "gk-bar" });
    if (streets) {
      var order = Array.from(streets.code.keys()).sort(function (a, b) {
        return streets.name(a).localeCompare(streets.name(b), document.documentElement.lang);
      });
      var options = [["*", gk.words.all_streets]].concat(order.map(function (i) { return [streets.code[i], streets.name(i)]; }));
      if (gk.levels.compound && gk.levels.compound.values("street").of.indexOf("") >= 0) options.push(["", gk.words.no_street]);
      line.appendChild(gk.el("select", { id: "gk-street", "aria-label": gk.words.street_filter, on: { change: function () {
        gk.state.street = this.value === "*" ? null : this.value;
        gk.refresh();
        var i = streets.at.get(this.value);
        if (i !== undefined) gk.zoomTo({ level: "street", i: i });
      } } }, options.map(function (pair) { return gk.el("option", { value: pair[0], text: pair[1] }); })));
    }
    var kinds = [["", gk.words.fill_none]].concat(gk.order.filter(function (name) { return name !== "compound" && name !== "defect"; })
      .map(function (name) { return [name, gk.settings.levels[name]]; }));
    classes = gk.el("div", { id: "gk-classes", hidden: "" });
    line.appendChild(gk.el("label", { class: "gk-fill" }, [gk.el("span", { text: gk.words.fill }),
      gk.el("select", { id: "gk-fill", on: { change: function () {
        gk.state.fill = this.value;
        makeClasses();
        tiles.redraw();
        gk.writeAddress();
      } } }, kinds.map(function (kind) { return gk.el("option", { value: kind[0], text: kind[1] }); }))]));
    parent.appendChild(line);
    parent.appendChild(classes);
  }

  // Puts the controls to the state.
  gk.showControls = function () {
    var street = document.getElementById("gk-street");
    if (street) street.value = gk.state.street === null ? "*" : gk.state.street;
    document.getElementById("gk-fill").value = gk.state.fill;
    makeClasses();
  };

  // The legend of the rate classes, with the number of areas in each.
  function makeClasses() {
    var box = classes, level = gk.levels[gk.state.fill];
    box.textContent = "";
    box.hidden = !level;
    if (!level) return;
    gk.settings.classes.forEach(function (style) {
      var kinds = level.values("class"), n = kinds.at.filter(function (k) { return kinds.of[k] === style.id; }).length;
      box.appendChild(gk.el("span", { "data-class": style.id, class: n ? "" : "gk-none" }, [gk.swatch(style),
        gk.el("span", { text: style.label }), gk.el("b", { text: n + "/" + level.n })]));
    });
    box.appendChild(gk.el("p", { class: "gk-hint", text: gk.words.unknown_part }));
  }

  function makeLayers(parent) {
    var box = gk.el("div", { id: "gk-layers", class: "gk-bar", role: "group", "aria-label": gk.words.layers });
    function places(name) { return name !== "defect"; }
    var names = gk.order.filter(places).reverse().concat(gk.levels.defect ? ["defect"] : []);
    names.forEach(function (name) {
      var input = gk.el("input", { type: "checkbox", "data-level": name, on: { change: function () {
        gk.state.show[name] = this.checked;
        if (name === "defect") note.hidden = !this.checked;
        tiles.redraw();
        labels.draw();
      } } });
      input.checked = gk.state.show[name];
      box.appendChild(gk.el("label", {}, [input, gk.el("span", { text: gk.settings.levels[name] }),
        gk.el("small", { text: name === "defect" ? gk.settings.defects.count : String(gk.levels[name].n) })]));
    });
    var note = gk.el("p", { class: "gk-bar gk-hint", id: "gk-defects", text: gk.settings.defects.note, hidden: "" });
    parent.appendChild(box);
    parent.appendChild(note);
  }

  function showTab(id) {
    for (var name in tabs) {
      var on = name === id;
      tabs[name].setAttribute("aria-selected", on ? "true" : "false");
      tabs[name].setAttribute("tabindex", on ? "0" : "-1");
      document.getElementById(name).classList.toggle("gk-off", !on);
    }
  }

  function makeTabs() {
    var bar = document.getElementById("gk-tabs"), names = ["gk-details", "gk-list", "gk-summary"];
    names.forEach(function (id) {
      var panel = document.getElementById(id);
      tabs[id] = gk.el("button", { type: "button", role: "tab", id: id + "-tab", "aria-controls": id,
        text: gk.words[id.slice(3)], on: { click: function () { showTab(id); }, keydown: function (event) {
          var step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
          if (!step) return;
          var next = names[(names.indexOf(id) + step + names.length) % names.length];
          showTab(next);
          tabs[next].focus();
        } } });
      panel.setAttribute("role", "tabpanel");
      panel.setAttribute("aria-labelledby", id + "-tab");
      bar.appendChild(tabs[id]);
    });
    showTab("gk-list");
  }

  function home() { map.fitBounds(gk.settings.bounds, { padding: [16, 16], animate: false }); }

  gk.zoomTo = function (feature) {
    var shape = gk.outline(map, feature);
    if (!shape.getLayers().length) return;
    map.fitBounds(shape.getBounds(), { padding: [60, 60], maxZoom: 17, animate: false });
  };

  // Selects a feature: outline, details, address. options: zoom (go there), stay (keep the tab that is open).
  gk.select = function (feature, options) {
    var wish = options || {};
    gk.state.selected = feature;
    halo.clearLayers();
    gk.showDetails(feature);
    gk.writeAddress();
    if (!feature) return;
    var level = gk.levels[feature.level];
    if (!gk.state.show[feature.level] && feature.level === "defect") document.querySelector("[data-level=defect]").click();
    [["#ffffff", 7], ["#0b57d0", 3.4]].forEach(function (pen) {
      gk.outline(map, feature).setStyle({ color: pen[0], weight: pen[1], fill: false, interactive: false }).addTo(halo);
    });
    if (wish.zoom) gk.zoomTo(feature);
    if (!wish.stay) showTab("gk-details");
    var style = gk.style[level.get(feature.level === "compound" ? "status" : "class", feature.i)];
    document.getElementById("gk-say").textContent = level.name(feature.i) + " " + style.label;
  };

  function hover() {
    var waiting = null;
    tip = gk.el("div", { id: "gk-tip", hidden: "" });
    map.getContainer().appendChild(tip);
    map.on("mousemove", function (event) {
      if (waiting) cancelAnimationFrame(waiting);
      waiting = requestAnimationFrame(function () {
        var feature = gk.under(map, event.latlng);
        tip.hidden = !feature;
        map.getContainer().classList.toggle("gk-over", !!feature);
        if (!feature) return;
        var level = gk.levels[feature.level], isCompound = feature.level === "compound";
        tip.textContent = level.name(feature.i) + " · " + (feature.level === "defect" ? level.get("size", feature.i)
          : isCompound ? gk.style[level.get("status", feature.i)].label : level.get("rate", feature.i));
        var right = event.containerPoint.x > map.getSize().x - 220;
        tip.style.left = event.containerPoint.x + (right ? -12 : 14) + "px";
        tip.style.top = event.containerPoint.y + 14 + "px";
        tip.style.transform = right ? "translateX(-100%)" : "";
      });
    }).on("mouseout", function () { if (waiting) cancelAnimationFrame(waiting); tip.hidden = true; });
  }

  gk.start = function (leaflet) {
    map = gk.map = leaflet;
    gk.read();
    gk.state = { only: [], street: null, fill: "", show: {}, on: new Uint8Array(0), selected: null };
    gk.statuses = gk.settings.statuses.map(function (style) { return style.id; });
    gk.order.forEach(function (name) { gk.state.show[name] = name !== "defect"; });
    var tools = document.getElementById("gk-tools");
    gk.makeSearch(tools);
    makeLegend(tools);
    makeLayers(tools);
    makeFilter(tools);
    gk.makeDetails(document.getElementById("gk-details"));
    gk.makeList(document.getElementById("gk-list"));
    makeTabs();
    map.invalidateSize(false);
    home();
    gk.refresh();
    tiles = new gk.Tiles({ maxZoom: map.getMaxZoom(), keepBuffer: 1 }).addTo(map);
    labels = new gk.Labels().addTo(map);
    halo = L.layerGroup().addTo(map);
    hover();
    map.on("click", function (event) { gk.select(gk.under(map, event.latlng)); });
    gk.makePrint();
    window.addEventListener("hashchange", gk.readAddress);
    document.addEventListener("keydown", function (event) { if (event.key === "Escape") gk.select(null); });
    document.body.classList.add("gk-ready");
    gk.readAddress();
    gk.makeToolbar();
    gk.onStart.forEach(function (start) { start(map); });
  };
})();
