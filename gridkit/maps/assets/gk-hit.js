// What lies under the pointer, and the outline of a feature for Leaflet.
(function () {
  "use strict";
  var REACH = 4; // pixels around a line

  function near(level, p, reach) { return level.within(p.x - reach, p.y - reach, p.x + reach, p.y + reach); }

  function defectAt(level, p, scale) {
    var hits = near(level, p, 6 / scale).filter(function (i) {
      return level.hit(i, p.x, p.y, 6 / scale) || level.beside(i, p.x, p.y, 5 / scale);
    });
    return hits.length ? hits[hits.length - 1] : -1; // the worst is drawn last
  }

  // Of several compounds the one whose middle is nearest.
  function compoundAt(level, p, reach) {
    var best = -1, least = Infinity;
    near(level, p, reach).forEach(function (i) {
      if (gk.state.on.length && !gk.state.on[i]) return;
      if (!level.hit(i, p.x, p.y, gk.kindOf(level, i) === gk.POINT ? reach : 0)) return;
      var dx = level.label[2 * i] - p.x, dy = level.label[2 * i + 1] - p.y;
      if (dx * dx + dy * dy < least) { least = dx * dx + dy * dy; best = i; }
    });
    return best;
  }

  function areaAt(level, p, scale, reach) {
    var some = near(level, p, Math.max(reach, REACH / scale));
    for (var k = some.length - 1; k >= 0; k--) {
      var kind = gk.kindOf(level, some[k]);
      if (level.hit(some[k], p.x, p.y, kind === gk.POINT ? reach : kind === gk.LINE ? REACH / scale : 0)) return some[k];
    }
    return -1;
  }

  // What lies at a point in units: a defect or compound that is shown, else the smallest area.
  gk.hitAt = function (p, scale, radius) {
    var shown = gk.state.show, reach = (radius + 2) / scale, i;
    if (gk.levels.defect && shown.defect && (i = defectAt(gk.levels.defect, p, scale)) >= 0) return { level: "defect", i: i };
    if (gk.levels.compound && shown.compound && (i = compoundAt(gk.levels.compound, p, reach)) >= 0) return { level: "compound", i: i };
    for (var k = gk.order.length - 1; k >= 0; k--) {
      var level = gk.levels[gk.order[k]];
      if (level.level === "compound" || level.level === "defect" || !(shown[level.level] || gk.state.fill === level.level)) continue;
      if ((i = areaAt(level, p, scale, reach)) >= 0) return { level: level.level, i: i };
    }
    return null;
  };

  // The same for a place on the map; also on the copies of the world beside ours.
  gk.under = function (map, latlng) {
    var p = map.project(latlng, gk.UNIT_ZOOM), zoom = map.getZoom(), world = Math.pow(2, gk.UNIT_ZOOM + 8);
    for (var turn of [0, -1, 1]) {
      var found = gk.hitAt({ x: p.x + turn * world, y: p.y }, Math.pow(2, zoom - gk.UNIT_ZOOM), gk.radius(zoom));
      if (found) return found;
    }
    return null;
  };

  // The outline of a feature as Leaflet layers.
  gk.outline = function (map, feature) {
    var level = gk.levels[feature.level], shapes = [];
    for (var p = level.part[feature.i]; p < level.part[feature.i + 1]; p++) {
      var rings = [], kind = level.kind[p];
      for (var r = level.ring[p]; r < level.ring[p + 1]; r++) {
        for (var points = level.path(r, kind === gk.LINE), ring = [], k = 0; k < points.length; k += 2) {
          ring.push(map.unproject([points[k], points[k + 1]], gk.UNIT_ZOOM));
        }
        rings.push(ring);
      }
      shapes.push(kind === gk.POINT ? L.circleMarker(rings[0][0]) : kind === gk.LINE ? L.polyline(rings) : L.polygon(rings));
    }
    return L.featureGroup(shapes);
  };
})();
