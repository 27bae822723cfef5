// Puts the page together: state, refresh, tabs, selection, start; says in words what went wrong.
(function () {
  "use strict";
  var map, tiles, labels, halo, atHome, tabs = {}, open = "gk-list";

  gk.redraw = function () { if (tiles) { tiles.redraw(); labels.draw(); } };

  // Recomputes which compounds pass the filters, and tells every part of the page.
  gk.refresh = function () {
    gk.filterAll();
    gk.redraw();
    gk.drawLegend();
    gk.showFilters();
    gk.drawList();
    gk.writeAddress();
    gk.onRefresh.forEach(function (tell) { tell(); });
  };

  gk.showTab = function (id) {
    open = id;
    for (var name in tabs) {
      var on = name === id;
      tabs[name].setAttribute("aria-selected", on ? "true" : "false");
      tabs[name].setAttribute("tabindex", on ? "0" : "-1");
      document.getElementById(name).classList.toggle("gk-off", !on);
    }
    if (id === "gk-list") gk.placeList();
  };

  // Folds filters and legend away, so that the panel below has the room.
  function makeFold() {
    var old = document.getElementById("gk-fold"), panel = document.getElementById("gk-side");
    var button = gk.el("button", { type: "button", id: "gk-fold", "aria-controls": "gk-tools", on: { click: function () {
      panel.classList.toggle("gk-slim");
      say();
      gk.placeList();
    } } });
    function say() {
      var slim = panel.classList.contains("gk-slim");
      button.setAttribute("aria-expanded", slim ? "false" : "true");
      button.textContent = gk.words[slim ? "unfold" : "fold"];
    }
    say();
    if (old) old.remove();
    document.getElementById("gk-tabline").appendChild(button);
  }

  function makeTabs() {
    var bar = document.getElementById("gk-tabs"), names = ["gk-list", "gk-details", "gk-summary"];
    names.forEach(function (id) {
      var panel = document.getElementById(id);
      tabs[id] = gk.el("button", { type: "button", role: "tab", id: id + "-tab", "aria-controls": id,
        text: gk.words[id.slice(3)], on: { click: function () { gk.showTab(id); }, keydown: function (event) {
          var step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
          if (!step) return;
          var next = names[(names.indexOf(id) + step + names.length) % names.length];
          gk.showTab(next);
          tabs[next].focus();
        } } });
      panel.setAttribute("role", "tabpanel");
      panel.setAttribute("aria-labelledby", id + "-tab");
      if (id !== "gk-list") panel.setAttribute("tabindex", "0"); // so that the keyboard can scroll it
      bar.appendChild(tabs[id]);
    });
    makeFold();
    gk.showTab("gk-list");
  }

  // Room to be left at the left, top, right and bottom: an open box of layers covers nothing of what is asked for, which
  // stands beside it or below it, wherever it is larger.
  function room(bounds, pad) {
    var box = document.querySelector(".gk-layer-box"), body = document.getElementById("gk-layer-body"), size = map.getSize();
    var left = size.x > 600 ? Math.max(pad, 50) : pad, plain = [left, pad, pad, pad];
    if (!box || !body || body.hidden) return plain;
    var some = [[left, pad, box.offsetWidth + 14 + pad, pad], [pad, box.offsetHeight + 14 + pad, pad, pad]].map(function (one) {
      var fits = size.x - one[0] - one[2] > 120 && size.y - one[1] - one[3] > 120;
      return { one: one, zoom: fits ? map.getBoundsZoom(bounds, false, L.point(one[0] + one[2], one[1] + one[3])) : -1 };
    });
    if (some[0].zoom < 0 && some[1].zoom < 0) return plain;
    return some[some[1].zoom > some[0].zoom ? 1 : 0].one;
  }

  function fit(bounds, pad, most) {
    var four = L.latLngBounds(bounds), left = room(four, pad);
    map.fitBounds(four, { paddingTopLeft: left.slice(0, 2), paddingBottomRight: left.slice(2), maxZoom: most, animate: false });
  }

  // The whole city.
  gk.home = function () {
    fit(gk.settings.bounds, 8);
    atHome = { center: map.getCenter(), zoom: map.getZoom() };
  };

  // The same once more where nobody has moved the map: the box of layers has become taller or was folded.
  gk.homeAgain = function () {
    var moved = atHome && map.latLngToContainerPoint(atHome.center).distanceTo(map.getSize().divideBy(2));
    if (atHome && map.getZoom() === atHome.zoom && moved < 3) gk.home();
  };

  gk.zoomTo = function (feature) {
    var shape = gk.outline(map, feature);
    if (!shape.getLayers().length) return;
    fit(shape.getBounds(), Math.min(50, Math.round(map.getSize().y / 8)), 17);
  };

  // A frame in which head, legend, list and map do not all have room: a cell of a notebook, a phone.
  function small() { return window.matchMedia ? window.matchMedia("screen and (max-width: 1000px), screen and (max-height: 620px)") : { matches: false }; }

  // In a small frame the notes of the head open on demand, and the list has the room of the legend.
  function settleSize() {
    var notes = document.getElementById("gk-notes"), frame = small();
    function settle() { if (notes) notes.open = !frame.matches; }
    settle();
    if (frame.addEventListener) frame.addEventListener("change", settle);
    Array.prototype.forEach.call(document.querySelectorAll("#gk-head details"), function (one) {
      one.addEventListener("toggle", function () { map.invalidateSize(false); gk.homeAgain(); });
    });
    if (window.innerHeight <= 620) document.getElementById("gk-side").classList.add("gk-slim");
  }

  // On a phone details stand below the map: both are brought into view together.
  function showBoth() {
    var side = document.getElementById("gk-side");
    if (window.innerWidth > 860) return;
    if (!side.classList.contains("gk-slim")) document.getElementById("gk-fold").click();
    map.getContainer().scrollIntoView({ block: "start" });
  }

  // The style of a feature: of its status, its class, or plain where its level has neither.
  gk.styleOf = function (feature) {
    var level = gk.levels[feature.level], column = feature.level === "compound" ? "status" : "class";
    return gk.has(level, column) && gk.style[level.get(column, feature.i)] || { id: "", label: "", color: "#8a9099", pattern: "" };
  };

  function outlined(feature) {
    [["#ffffff", 7], ["#0b57d0", 3.4]].forEach(function (pen) {
      gk.outline(map, feature).setStyle({ color: pen[0], weight: pen[1], fill: false, interactive: false }).addTo(halo);
    });
  }

  // Selects a feature: outline, details, row, address. options: zoom (go there), stay (keep the tab that is open),
  // pan (move the map if it lies outside the view).
  gk.select = function (feature, options) {
    var wish = options || {};
    gk.state.selected = feature;
    if (halo) halo.clearLayers();
    gk.showDetails(feature);
    gk.markRow(feature);
    if (feature) {
      var level = gk.levels[feature.level];
      if (!gk.state.show[feature.level] && feature.level === "defect") gk.showLevel("defect", true);
      if (halo && level.placed(feature.i)) {
        outlined(feature);
        if (wish.zoom) gk.zoomTo(feature);
        else if (wish.pan && !map.getBounds().intersects(gk.outline(map, feature).getBounds())) gk.zoomTo(feature);
      }
      if (!wish.stay) { gk.showTab("gk-details"); showBoth(); }
      gk.announce(level.name(feature.i) + " " + gk.styleOf(feature).label);
    }
    gk.writeAddress();
  };

  // Says something to screen readers.
  gk.announce = function (text) { document.getElementById("gk-say").textContent = text; };

  function hover() {
    var waiting = null, tip = gk.el("div", { id: "gk-tip", hidden: "" });
    map.getContainer().appendChild(tip);
    map.on("mousemove", function (event) {
      if (waiting) cancelAnimationFrame(waiting);
      waiting = requestAnimationFrame(function () {
        var feature = gk.measuring ? null : gk.under(map, event.latlng);
        tip.hidden = !feature;
        map.getContainer().classList.toggle("gk-over", !!feature);
        if (!feature) return;
        var level = gk.levels[feature.level];
        var second = gk.tips.map(function (tip) { return tip(feature); }).filter(Boolean).join(" · ") || (feature.level === "defect" ? level.get("size", feature.i)
          : feature.level === "compound" || !gk.has(level, "rate") ? gk.styleOf(feature).label : level.get("rate", feature.i));
        tip.textContent = level.name(feature.i) + (second ? " · " + second : "");
        var right = event.containerPoint.x > map.getSize().x - 220;
        tip.style.left = event.containerPoint.x + (right ? -12 : 14) + "px";
        tip.style.top = event.containerPoint.y + 14 + "px";
        tip.style.transform = right ? "translateX(-100%)" : "";
      });
    }).on("mouseout", function () { if (waiting) cancelAnimationFrame(waiting); tip.hidden = true; });
  }

  // Tells in the page itself what does not work; the rest of it stays usable.
  gk.complain = function (text) {
    var box = document.getElementById("gk-error");
    if (!box) return;
    box.textContent = text;
    box.hidden = false;
  };

  function canDraw() {
    try { return !!document.createElement("canvas").getContext("2d"); } catch (error) { return false; }
  }

  function draw() {
    if (!canDraw()) { // the list, the details and the table by street say the same
      gk.complain(gk.words.no_canvas);
      document.body.classList.add("gk-undrawn");
      return;
    }
    tiles = gk.tiles = new gk.Tiles({ maxZoom: map.getMaxZoom(), keepBuffer: 1 }).addTo(map);
    labels = new gk.Labels().addTo(map);
    hover();
    map.on("click", function (event) { if (!gk.measuring) gk.select(gk.under(map, event.latlng)); });
    if (gk.swiped) gk.swipe(true);
    gk.makePrint();
  }

  // Puts every part with words into the page, in place of what is there.
  function furnish() {
    var tools = document.getElementById("gk-tools");
    ["gk-tools", "gk-tabs", "gk-list", "gk-details"].forEach(function (id) { document.getElementById(id).textContent = ""; });
    gk.makeSearch(tools);
    gk.makeFilters(tools);
    if (gk.makeCompare) gk.makeCompare(tools);
    gk.makeLegend(tools);
    gk.makeLayers(map);
    gk.makeDetails(document.getElementById("gk-details"));
    gk.makeList(document.getElementById("gk-list"));
    makeTabs();
    map.getContainer().setAttribute("aria-label", gk.words.map_label);
  }

  // Puts the page together again, in other words; what is chosen stays.
  gk.refurnish = function () {
    var kind = gk.listKind(), tab = open, chosen = gk.state.selected;
    furnish();
    gk.showFill();
    gk.refresh();
    gk.chooseList(kind);
    gk.showDetails(chosen);
    gk.showTab(tab);
  };

  function build() {
    gk.read();
    if (!canDraw()) gk.swatch = gk.plainSwatch;
    gk.state = { only: [], street: null, type: null, party: "", q: "", fill: "", view: false, show: {}, on: new Uint8Array(0),
      rest: new Uint8Array(0), selected: null };
    gk.statuses = gk.settings.statuses.map(function (style) { return style.id; });
    gk.order.forEach(function (name) { gk.state.show[name] = name !== "defect"; });
    gk.makeToolbar();
    settleSize();
    furnish();
    map.getContainer().setAttribute("role", "application");
    document.body.classList.add("gk-ready");
    gk.onStart.forEach(function (start) { start(map); }); // their tools take room from the map
    map.invalidateSize(false);
    gk.home();
    if (canDraw()) halo = L.layerGroup().addTo(map);
    gk.followAddress(); // what it asks for is drawn at once, and only once
    draw();
  }

  gk.start = function (leaflet) {
    map = gk.map = leaflet;
    window.addEventListener("error", function (event) { gk.complain(said(event.error || event)); });
    try { build(); } catch (error) {
      gk.complain(said(error));
      throw error;
    }
    document.addEventListener("keydown", function (event) { if (event.key === "Escape") gk.select(null); });
  };

  function said(error) {
    var box = document.getElementById("gk-error"), what = error && error.message ? String(error.message) : "";
    return box.getAttribute("data-words") + (what ? " (" + what + ")" : "");
  }

  gk.tabOpen = function () { return open; };
})();
