// The tiles of a base map. They are asked for with CORS, so that a picture of the map can be saved; where the server
// does not allow that they are asked for without, and gkBase.exportable says so.
(function () {
  "use strict";
  var own = window.gkBase = window.gkBase || {};

  function makeNote(map, text) {
    var control = L.control({ position: "bottomleft" });
    control.onAdd = function () {
      var box = L.DomUtil.create("div", "gk-base-note");
      box.setAttribute("role", "status");
      box.textContent = text;
      return box;
    };
    control.addTo(map);
  }

  // Follows the tiles of one layer: the second try without CORS, and one note for all layers where nothing comes. The
  // failures of the first try that come late are those of tiles that are no longer there.
  function watch(map, layer, settings) {
    var loaded = false;
    layer.on("tileload", function () { loaded = true; });
    layer.on("tileerror", function (event) {
      if (loaded) return;
      if (layer.options.crossOrigin) {
        layer.options.crossOrigin = false;
        own.exportable = false;
        setTimeout(function () { layer.redraw(); }, 0);
      } else if (!event.tile.crossOrigin && !own.failed) {
        own.failed = true;
        makeNote(map, settings.note);
      }
    });
  }

  own.make = function (map, settings) {
    var remote = /^https?:/i.test(settings.urls[0]);
    var Kind = settings.shifted ? own.ShiftedTiles : L.TileLayer;
    own.layers = [];
    own.attribution = settings.attribution;
    own.exportable = remote;
    settings.urls.forEach(function (url, at) {
      var layer = new Kind(url, { attribution: at ? "" : settings.attribution, subdomains: settings.subdomains,
        maxNativeZoom: settings.maxNativeZoom, maxZoom: map.getMaxZoom(), crossOrigin: remote ? "anonymous" : false,
        zIndex: 0, opacity: 0.85, className: "gk-base" });
      watch(map, layer, settings);
      own.layers.push(layer.addTo(map));
    });
    if (map.attributionControl) map.attributionControl.setPrefix(false);
  };
})();
