// On paper: the whole city, as large as the sheet allows, drawn finely; afterwards the view is as it was.
(function () {
  "use strict";
  var WIDTH = 680, LEAST = 220, MOST = 520; // pixels of a sheet, 96 to the inch
  var FINE = 4; // a power of two: Chromium prints a canvas at whole 64ths of its size, a third would come out too small
  var before = null;

  function size(map, width, height) {
    [["width", width], ["height", height]].forEach(function (pair) {
      if (pair[1]) map.getContainer().style.setProperty(pair[0], pair[1] + "px", "important");
      else map.getContainer().style.removeProperty(pair[0]);
    });
    map.invalidateSize({ animate: false, pan: false });
  }

  function shape(map) {
    var b = gk.settings.bounds, a = map.project(b[0], 10), c = map.project(b[1], 10);
    return Math.abs(a.y - c.y) / Math.max(Math.abs(a.x - c.x), 1e-9);
  }

  function fit() {
    var map = gk.map;
    if (before) return;
    if (document.getElementById("gk-notes")) document.getElementById("gk-notes").open = true;
    before = { center: map.getCenter(), zoom: map.getZoom(), snap: map.options.zoomSnap };
    gk.fine = FINE;
    map.options.zoomSnap = 0;
    size(map, WIDTH, Math.round(Math.min(MOST, Math.max(LEAST, WIDTH * shape(map) + 24))));
    map.fitBounds(gk.settings.bounds, { padding: [8, 8], animate: false });
    gk.redraw();
  }

  function back() {
    var map = gk.map;
    if (!before) return;
    gk.fine = 0;
    map.options.zoomSnap = before.snap;
    size(map, 0, 0);
    map.setView(before.center, before.zoom, { animate: false });
    before = null;
    gk.redraw();
  }

  gk.makePrint = function () {
    window.addEventListener("beforeprint", fit);
    window.addEventListener("afterprint", back);
  };
})();
