// Measuring distances and areas, the whole map, full screen, and the scale in the units of the page's language.
(function () {
  "use strict";
  var A = 6378137, F = 1 / 298.257223563, E2 = F * (2 - F), E = Math.sqrt(E2); // the ellipsoid of WGS 84 (of CGCS2000 to 0.1 mm)
  var box = null, control, output, hint, points = [], shape = null, kind = "distance";

  gk.measuring = false;

  function rad(degrees) { return degrees * Math.PI / 180; }

  // Metres between two places, [lat, lon] in degrees, by Lambert's formula: within 0.01 % of the geodesic.
  gk.distance = function (a, b) {
    var p = Math.atan((1 - F) * Math.tan(rad(a[0]))), q = Math.atan((1 - F) * Math.tan(rad(b[0])));
    var u = Math.sin((q - p) / 2), v = Math.sin(rad(b[1] - a[1]) / 2), half = Math.asin(Math.sqrt(Math.min(1, u * u + Math.cos(p) * Math.cos(q) * v * v)));
    var angle = 2 * half, sum = (p + q) / 2, s = Math.sin(half), c = Math.cos(half);
    if (!half) return 0;
    var x = (angle - Math.sin(angle)) * Math.pow(Math.sin(sum) * Math.cos((q - p) / 2) / c, 2);
    var y = (angle + Math.sin(angle)) * Math.pow(Math.cos(sum) * u / s, 2);
    return A * (angle - F / 2 * (x + y));
  };

  function q(latitude) {
    var s = Math.sin(latitude);
    return (1 - E2) * (s / (1 - E2 * s * s) - Math.log((1 - E * s) / (1 + E * s)) / (2 * E));
  }

  // Square metres inside a ring of places, by spherical excess on the sphere of equal area.
  gk.area = function (ring) {
    var whole = q(Math.PI / 2), total = 0;
    var half = ring.map(function (place) { return Math.tan(Math.asin(q(rad(place[0])) / whole) / 2); });
    ring.forEach(function (place, k) {
      var j = (k + 1) % ring.length, t = Math.tan(rad(ring[j][1] - place[1]) / 2);
      total += 2 * Math.atan2(t * (half[k] + half[j]), 1 + half[k] * half[j]);
    });
    return Math.abs(total) * A * A * whole / 2;
  };

  function figure(value) { return value >= 100 ? String(Math.round(value)) : value.toFixed(value >= 10 ? 1 : 2); }

  gk.inMetres = function (m) { return m < 1000 ? gk.say("in_m", { n: Math.round(m) }) : gk.say("in_km", { n: figure(m / 1000) }); };

  // The same for a round number of metres.
  gk.roundMetres = function (m) { return m < 1000 ? gk.inMetres(m) : gk.say("in_km", { n: m / 1000 }); };

  gk.inSquareMetres = function (m) {
    if (m < 1e4) return gk.say("in_m2", { n: Math.round(m) });
    return m < 1e6 ? gk.say("in_ha", { n: figure(m / 1e4) }) : gk.say("in_km2", { n: figure(m / 1e6) });
  };

  // ---- the scale

  L.Control.Scale.include({ _updateMetric: function (most) {
    var metres = this._getRoundNum(most);
    this._updateScale(this._mScale, gk.words.in_m ? gk.roundMetres(metres) : "", metres / most); // the words come with the data
  } });

  // ---- measuring

  function places() { return points.map(function (p) { return [p.lat, p.lng]; }); }

  function length(ring, closed) {
    var sum = 0;
    for (var k = 1; k < ring.length + (closed ? 1 : 0); k++) sum += gk.distance(ring[k - 1], ring[k % ring.length]);
    return sum;
  }

  function say() {
    var at = places(), ring = kind === "area" && at.length > 2, text = "";
    if (ring) text = gk.say("measured_area", { a: gk.inSquareMetres(gk.area(at)), d: gk.inMetres(length(at, true)) });
    else if (at.length > 1) text = gk.say("measured_distance", { d: gk.inMetres(length(at)) });
    output.textContent = text;
    hint.hidden = at.length > 1; // who has measured once knows how
  }

  function draw() {
    shape.clearLayers();
    var line = kind === "area" && points.length > 2 ? L.polygon : L.polyline;
    [["#ffffff", 6], ["#0b57d0", 2.6]].forEach(function (pen) {
      line(points, { color: pen[0], weight: pen[1], fillOpacity: 0.06, interactive: false }).addTo(shape);
    });
    points.forEach(function (p) {
      L.circleMarker(p, { radius: 4, color: "#0b57d0", fillColor: "#ffffff", fillOpacity: 1, weight: 2, interactive: false }).addTo(shape);
    });
    say();
  }

  function add(event) {
    if (!gk.measuring) return;
    points.push(event.latlng);
    draw();
  }

  function choose(next) {
    kind = next;
    ["distance", "area"].forEach(function (name) {
      document.getElementById("gk-measure-" + name).setAttribute("aria-pressed", name === kind ? "true" : "false");
    });
    draw();
  }

  function button(id, word, press) { return gk.el("button", { type: "button", id: id, text: gk.words[word], on: { click: press } }); }

  function make() {
    output = gk.el("output", { id: "gk-measured", "aria-live": "polite" });
    hint = gk.el("p", { class: "gk-hint", text: gk.words.measure_hint });
    box = gk.el("section", { class: "gk-measure", "aria-label": gk.words.measure }, [
      gk.el("div", { class: "gk-switch", role: "group", "aria-label": gk.words.measure }, [
        button("gk-measure-distance", "measure_distance", function () { choose("distance"); }),
        button("gk-measure-area", "measure_area", function () { choose("area"); })]),
      button("gk-measure-clear", "measure_clear", function () { points = []; draw(); gk.map.getContainer().focus(); }),
      button("gk-measure-end", "measure_end", end), output, hint]);
    L.DomEvent.disableClickPropagation(box).disableScrollPropagation(box);
    control = L.control({ position: "topleft" });
    control.onAdd = function () { return box; };
    control.addTo(gk.map);
  }

  function begin() {
    gk.measuring = true;
    points = [];
    shape = L.layerGroup().addTo(gk.map);
    make();
    choose(kind);
    mark();
    gk.map.doubleClickZoom.disable();
    gk.map.getContainer().focus({ preventScroll: true });
    gk.announce(gk.words.measure_hint);
  }

  function end() {
    if (!gk.measuring) return;
    gk.measuring = false;
    shape.remove();
    control.remove();
    mark();
    gk.map.doubleClickZoom.enable();
    document.getElementById("gk-measure").focus();
  }

  function mark() {
    document.getElementById("gk-measure").setAttribute("aria-pressed", gk.measuring ? "true" : "false");
    gk.map.getContainer().classList.toggle("gk-measuring", gk.measuring);
  }

  // Before everything else that listens: Esc ends measuring only, Enter and Backspace work on the points.
  function keys(event) {
    if (!gk.measuring || event.ctrlKey || event.altKey || event.metaKey || /^(input|select|textarea)$/i.test(event.target.tagName)) return;
    var onMap = event.target === gk.map.getContainer() || event.target === document.body;
    if (event.key === "Escape") end();
    else if (onMap && event.key === "Enter") add({ latlng: gk.map.getCenter() });
    else if (onMap && (event.key === "Backspace" || event.key === "Delete")) { points.pop(); draw(); }
    else return;
    event.preventDefault();
    event.stopImmediatePropagation();
  }

  gk.onSpeak.push(function () {
    if (!gk.measuring) return;
    control.remove();
    make();
    choose(kind);
  });

  // ---- full screen

  function fullScreen() {
    var root = document.documentElement, done = document.fullscreenElement ? document.exitFullscreen() : root.requestFullscreen();
    if (done && done.catch) done.catch(function () { /* the browser said no */ });
  }

  gk.onStart.push(function (map) {
    gk.addTool({ id: "gk-home", word: "whole_city", icon: "M2 6V2h4M10 2h4v4M14 10v4h-4M6 14H2v-4M6 8h4M8 6v4", words: false, press: gk.home });
    if (gk.swatch === gk.plainSwatch) return; // nothing is drawn
    gk.addTool({ id: "gk-measure", word: "measure", icon: "M1 11 11 1l4 4L5 15zM4 8l1.5 1.5M6.5 5.5 8 7M9 3l1.5 1.5", words: false,
      press: function () { if (gk.measuring) end(); else begin(); } }).setAttribute("aria-pressed", "false");
    if (document.fullscreenEnabled && document.documentElement.requestFullscreen) {
      gk.addTool({ id: "gk-full", word: "full_screen", icon: "M6 1H1v5M10 15h5v-5M1 1l5.5 5.5M15 15 9.5 9.5", words: false, press: fullScreen });
      document.addEventListener("fullscreenchange", function () {
        document.getElementById("gk-full").setAttribute("aria-pressed", document.fullscreenElement ? "true" : "false");
      });
    }
    map.fire("move"); // the bar of the scale has its words now
    map.on("click", add);
    document.addEventListener("keydown", keys, true);
  });
})();
