// Tiles that lie in GCJ-02, each moved to where it belongs: moving the whole layer by the offset of its middle is wrong
// by several pixels at the edge of a screen. The formulas are those of gridkit.geo.datum.
(function () {
  "use strict";
  var own = window.gkBase = window.gkBase || {};
  var AXIS = 6378245.0, ECC = 0.00669342162296594323, RAD = Math.PI / 180, ROOM = 0.3;

  function wave(x) { return (20 * Math.sin(6 * x * Math.PI) + 20 * Math.sin(2 * x * Math.PI)) * 2 / 3; }

  function inside(lng, lat) { return lng >= 72.004 && lng <= 137.8347 && lat >= 0.8293 && lat <= 55.8271; }

  function offset(lng, lat) {
    var x = lng - 105, y = lat - 35, root = Math.sqrt(Math.abs(x));
    var north = -100 + 2 * x + 3 * y + 0.2 * y * y + 0.1 * x * y + 0.2 * root + wave(x) +
      (20 * Math.sin(y * Math.PI) + 40 * Math.sin(y / 3 * Math.PI)) * 2 / 3 +
      (160 * Math.sin(y / 12 * Math.PI) + 320 * Math.sin(y * Math.PI / 30)) * 2 / 3;
    var east = 300 + x + 2 * y + 0.1 * x * x + 0.1 * x * y + 0.1 * root + wave(x) +
      (20 * Math.sin(x * Math.PI) + 40 * Math.sin(x / 3 * Math.PI)) * 2 / 3 +
      (150 * Math.sin(x / 12 * Math.PI) + 300 * Math.sin(x / 30 * Math.PI)) * 2 / 3;
    var sin = Math.sin(lat * RAD), magic = 1 - ECC * sin * sin, size = Math.sqrt(magic);
    return [east / (AXIS / size * Math.cos(lat * RAD) * RAD), north / (AXIS * (1 - ECC) / (magic * size) * RAD)];
  }

  own.toGcj = function (lng, lat) {
    if (!inside(lng, lat)) return [lng, lat];
    var by = offset(lng, lat);
    return [lng + by[0], lat + by[1]];
  };

  own.fromGcj = function (lng, lat) {
    if (!inside(lng, lat)) return [lng, lat];
    var x = lng, y = lat;
    for (var step = 0; step < 4; step++) {
      var by = offset(x, y);
      x = lng - by[0];
      y = lat - by[1];
    }
    return [x, y];
  };

  own.ShiftedTiles = L.TileLayer.extend({
    // which tiles are on the screen: those around the middle as the tiles have it
    _getTiledPixelBounds: function (center) {
      var to = own.toGcj(center.lng, center.lat);
      return L.TileLayer.prototype._getTiledPixelBounds.call(this, L.latLng(to[1], to[0]));
    },

    // The place of a tile in pixels of its zoom: the best upright rectangle for its four corners, which go up to a pixel
    // different ways; a little larger, so that neighbours leave no line between them.
    _place: function (coords) {
      var size = this.getTileSize(), map = this._map, corners = [0, 1, 2, 3].map(function (k) {
        var at = map.unproject(L.point(coords.x + k % 2, coords.y + (k >> 1)).scaleBy(size), coords.z);
        var to = own.fromGcj(at.lng, at.lat);
        return map.project([to[1], to[0]], coords.z);
      });
      var west = (corners[0].x + corners[2].x) / 2, east = (corners[1].x + corners[3].x) / 2;
      var north = (corners[0].y + corners[1].y) / 2, south = (corners[2].y + corners[3].y) / 2;
      return { at: L.point(west - ROOM / 2, north - ROOM / 2), size: L.point(east - west + ROOM, south - north + ROOM) };
    },

    _getTilePos: function (coords) {
      return this._place(coords).at.subtract(this._level.origin).multiplyBy(8)._round().divideBy(8);
    },

    _addTile: function (coords, container) {
      L.TileLayer.prototype._addTile.call(this, coords, container);
      var tile = this._tiles[this._tileCoordsToKey(coords)].el, size = this._place(coords).size;
      tile.style.width = size.x.toFixed(3) + "px";
      tile.style.height = size.y.toFixed(3) + "px";
    }
  });
})();
