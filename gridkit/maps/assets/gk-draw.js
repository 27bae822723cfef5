// Draws the levels on canvas tiles, labels on a canvas above them, and finds what lies under the pointer.
(function () {
  "use strict";
  var BATCH = 16; // one huge path fills in quadratic time, small ones in linear time
  var FONT = '"PingFang SC","Microsoft YaHei","Noto Sans CJK SC","Source Han Sans SC",sans-serif';
  var BORDER = {
    grid: { color: "#8a8f98", width: 0.8, dash: [3, 3], least: 8 },
    community: { color: "#5d646e", width: 1.1, dash: [], least: 6 },
    street: { color: "#23272e", width: 2, dash: [], least: 0 }
  };
  var patterns = {};

  function tile(name) {
    var canvas = document.createElement("canvas");
    canvas.width = canvas.height = 8;
    var ctx = canvas.getContext("2d");
    ctx.strokeStyle = ctx.fillStyle = name === "hatch" || name === "rows" || name === "columns"
      ? "rgba(255,255,255,.85)" : "rgba(70,70,70,.75)";
    ctx.lineWidth = 1.6;
    ctx.beginPath();
    if (name === "hatch") { [-8, 0, 8].forEach(function (d) { ctx.moveTo(d - 1, 9); ctx.lineTo(d + 9, -1); }); }
    if (name === "rows") { ctx.moveTo(0, 2); ctx.lineTo(8, 2); ctx.moveTo(0, 6); ctx.lineTo(8, 6); }
    if (name === "columns") { ctx.moveTo(2, 0); ctx.lineTo(2, 8); ctx.moveTo(6, 0); ctx.lineTo(6, 8); }
    if (name === "cross") { ctx.lineWidth = 0.6; ctx.moveTo(0, 0); ctx.lineTo(8, 8); ctx.moveTo(8, 0); ctx.lineTo(0, 8); }
    ctx.stroke();
    if (name === "dots") { [[2, 2], [6, 6]].forEach(function (p) {
      ctx.beginPath(); ctx.arc(p[0], p[1], 0.9, 0, 7); ctx.fill();
    }); }
    return canvas;
  }

  gk.pattern = function (ctx, name, dark) {
    var key = name + (dark ? "!" : "");
    if (!patterns[key]) {
      patterns[key] = tile(name);
      if (dark) { // on a white ground
        var inner = patterns[key].getContext("2d");
        inner.globalCompositeOperation = "source-in";
        inner.fillStyle = gk.style.UNCOVERED.color;
        inner.fillRect(0, 0, 8, 8);
      }
    }
    return ctx.createPattern(patterns[key], "repeat");
  };

  function fill(ctx, path, style) {
    ctx.fillStyle = style.color;
    ctx.fill(path);
    if (style.pattern) {
      ctx.fillStyle = gk.pattern(ctx, style.pattern, style.color === "#ffffff" && style.pattern === "hatch");
      ctx.fill(path);
    }
  }

  // A small picture of a style for legends and tables.
  gk.swatch = function (style) {
    var canvas = document.createElement("canvas");
    canvas.width = 44; canvas.height = 28;
    canvas.className = "gk-swatch";
    var ctx = canvas.getContext("2d"), path = new Path2D();
    path.rect(0, 0, 22, 14);
    ctx.scale(2, 2);
    fill(ctx, path, style);
    ctx.strokeStyle = "#444";
    ctx.strokeRect(0.5, 0.5, 21, 13);
    return canvas;
  };

  gk.radius = function (zoom) { return zoom < 11 ? 2.2 : zoom < 13 ? 3 : zoom < 15 ? 4.5 : 6.5; };

  function trace(path, level, i, view) {
    for (var p = level.part[i]; p < level.part[i + 1]; p++) {
      for (var r = level.ring[p]; r < level.ring[p + 1]; r++) {
        var points = level.path(r, level.kind[p] === gk.LINE), x = points[0] * view.scale - view.x, y = points[1] * view.scale - view.y;
        if (level.kind[p] === gk.POINT) {
          path.moveTo(x + view.radius, y);
          path.arc(x, y, view.radius, 0, 2 * Math.PI);
          continue;
        }
        path.moveTo(x, y);
        for (var k = 2; k < points.length; k += 2) {
          var nx = points[k] * view.scale - view.x, ny = points[k + 1] * view.scale - view.y;
          if (k + 2 < points.length && Math.abs(nx - x) < 0.4 && Math.abs(ny - y) < 0.4) continue;
          x = nx; y = ny;
          path.lineTo(x, y);
        }
        if (level.kind[p] === gk.POLYGON) path.closePath();
      }
    }
  }

  function seen(level, view) {
    var margin = (view.radius + 2) / view.scale;
    return level.within(view.x / view.scale - margin, view.y / view.scale - margin,
      (view.x + view.width) / view.scale + margin, (view.y + view.height) / view.scale + margin);
  }

  function isPoint(level, i) { return level.kind[level.part[i]] === gk.POINT; }

  function size(level, i, view) {
    var b = level.box, k = 4 * i;
    return Math.max(b[k + 2] - b[k], b[k + 3] - b[k + 1]) * view.scale;
  }

  function areas(ctx, level, view) {
    seen(level, view).forEach(function (i) {
      var path = new Path2D(), style = gk.style[level.get("class", i)];
      trace(path, level, i, view);
      ctx.globalAlpha = 0.8;
      fill(ctx, path, style);
      if (level.get("unknown", i) && style.id !== "unknown") { ctx.fillStyle = gk.pattern(ctx, "dots"); ctx.fill(path); }
      ctx.globalAlpha = 1;
    });
  }

  function compounds(ctx, level, view) {
    var groups = {};
    seen(level, view).forEach(function (i) {
      var on = gk.state.on[i];
      var broken = gk.covers(i) && level.get("valid", i) === "no" && size(level, i, view) > 14;
      var key = on ? level.get("status", i) + (broken ? "!" : "") : "-";
      (groups[key] = groups[key] || []).push(i);
    });
    Object.keys(groups).sort().forEach(function (key) {
      var broken = key.slice(-1) === "!", style = gk.style[broken ? key.slice(0, -1) : key];
      var some = groups[key];
      for (var from = 0; from < some.length; from += BATCH) batch(ctx, level, some.slice(from, from + BATCH), view, style, broken);
    });
  }

  function batch(ctx, level, some, view, style, broken) {
    var path = new Path2D(), large = false;
    some.forEach(function (i) {
      var wide = isPoint(level, i) ? 2 * view.radius : size(level, i, view);
      if (wide > 4) large = true;
      if (wide > 2.5) { trace(path, level, i, view); return; }
      var k = 4 * i, x = level.box[k] * view.scale - view.x, y = level.box[k + 1] * view.scale - view.y;
      path.rect(x - 0.5, y - 0.5, 2.5, 2.5);
    });
    if (!style) { // filtered out: only a trace of it stays
      ctx.strokeStyle = "#c9ccd1";
      ctx.lineWidth = 0.7;
      ctx.stroke(path);
      return;
    }
    ctx.globalAlpha = 0.88;
    var points = some.every(function (i) { return isPoint(level, i); });
    fill(ctx, path, points ? { color: style.color } : style);
    ctx.globalAlpha = 1;
    if (points && style.pattern && view.radius > 4) marks(ctx, level, some, view, style);
    if (!large) return;
    ctx.strokeStyle = broken ? "#000" : "#444";
    ctx.lineWidth = broken ? 1.8 : view.radius < 4 && points ? 0.5 : 0.9;
    ctx.setLineDash(broken ? [4, 3] : []);
    ctx.stroke(path);
    ctx.setLineDash([]);
  }

  // A circle is too small for a pattern: one stroke or dot of it instead.
  function marks(ctx, level, some, view, style) {
    var dot = style.pattern === "dots", a = 0.6 * view.radius;
    var to = { hatch: [a, -a], rows: [a, 0], columns: [0, a] }[style.pattern] || [0, 0];
    ctx.strokeStyle = "#fff"; ctx.fillStyle = "#444"; ctx.lineWidth = 1.6;
    ctx.beginPath();
    some.forEach(function (i) {
      var x = level.label[2 * i] * view.scale - view.x, y = level.label[2 * i + 1] * view.scale - view.y;
      ctx.moveTo(x - to[0], y - to[1]);
      if (dot) ctx.arc(x, y, 1.3, 0, 7); else ctx.lineTo(x + to[0], y + to[1]);
    });
    if (dot) ctx.fill(); else ctx.stroke();
  }

  function borders(ctx, level, view) {
    var kind = BORDER[level.level], path = new Path2D(), any = false;
    var width = kind.width * Math.min(1, Math.max(0.3, level.typical * view.scale / 60));
    seen(level, view).forEach(function (i) {
      if (size(level, i, view) < kind.least) return;
      any = true;
      trace(path, level, i, view);
    });
    if (!any) return;
    ctx.setLineDash([]);
    if (level.level !== "grid") { // a light edge keeps borders readable on dark fills
      ctx.strokeStyle = "rgba(255,255,255,.75)";
      ctx.lineWidth = width + Math.min(1.6, width);
      ctx.stroke(path);
    }
    ctx.setLineDash(kind.dash);
    ctx.strokeStyle = kind.color;
    ctx.lineWidth = width;
    ctx.stroke(path);
    ctx.setLineDash([]);
  }

  // Defects of boundaries are drawn at least three pixels wide, however narrow they are.
  function defects(ctx, level, view) {
    seen(level, view).forEach(function (i) {
      var path = new Path2D(), style = gk.style[level.get("class", i)];
      if (size(level, i, view) > 5) trace(path, level, i, view);
      else path.arc(level.label[2 * i] * view.scale - view.x, level.label[2 * i + 1] * view.scale - view.y, 4, 0, 2 * Math.PI);
      ctx.globalAlpha = 0.55;
      fill(ctx, path, style);
      ctx.globalAlpha = 1;
      ctx.lineWidth = 3;
      ctx.strokeStyle = style.color;
      ctx.stroke(path);
    });
  }

  gk.paint = function (ctx, view) {
    var levels = gk.levels, show = gk.state.show;
    if (gk.state.fill && levels[gk.state.fill]) areas(ctx, levels[gk.state.fill], view);
    if (levels.compound && show.compound) compounds(ctx, levels.compound, view);
    ["grid", "community", "street"].forEach(function (name) {
      if (levels[name] && show[name]) borders(ctx, levels[name], view);
    });
    if (levels.defect && show.defect) defects(ctx, levels.defect, view);
  };

  // Canvas pixels per pixel of the page; more of them on paper.
  gk.ratio = function () { return gk.fine || Math.min(window.devicePixelRatio || 1, 2); };

  gk.Tiles = L.GridLayer.extend({
    createTile: function (coords) {
      var canvas = document.createElement("canvas"), size = this.getTileSize();
      var ratio = gk.ratio();
      canvas.width = size.x * ratio; canvas.height = size.y * ratio;
      canvas.style.width = size.x + "px"; canvas.style.height = size.y + "px";
      var ctx = canvas.getContext("2d");
      ctx.scale(ratio, ratio);
      gk.paint(ctx, { x: coords.x * size.x, y: coords.y * size.y, width: size.x, height: size.y,
        scale: Math.pow(2, coords.z - gk.UNIT_ZOOM), radius: gk.radius(coords.z) });
      return canvas;
    }
  });

  // Names on one canvas over the view; the widest level first, none over another.
  gk.Labels = L.Layer.extend({
    onAdd: function (map) {
      this._canvas = L.DomUtil.create("canvas", "gk-labels");
      map.getPane("overlayPane").appendChild(this._canvas);
      map.on("moveend zoomend resize", this.draw, this).on("zoomstart", this.hide, this);
      this.draw();
    },
    hide: function () { this._canvas.style.visibility = "hidden"; },
    draw: function () {
      var map = this._map, size = map.getSize(), ratio = gk.ratio();
      // Chromium prints the clearing of a used canvas, too, which would wipe out the tiles below: always a fresh one
      var canvas = this._canvas.cloneNode(), origin = map.getPixelBounds().min, zoom = map.getZoom();
      L.DomUtil.setPosition(canvas, map.containerPointToLayerPoint([0, 0]));
      canvas.width = size.x * ratio; canvas.height = size.y * ratio;
      canvas.style.width = size.x + "px"; canvas.style.height = size.y + "px";
      canvas.style.visibility = "visible";
      this._canvas.parentNode.replaceChild(canvas, this._canvas);
      this._canvas = canvas;
      var ctx = canvas.getContext("2d"), taken = [];
      ctx.scale(ratio, ratio);
      ctx.textAlign = "center"; ctx.textBaseline = "middle"; ctx.lineJoin = "round";
      var view = { x: origin.x, y: origin.y, width: size.x, height: size.y,
        scale: Math.pow(2, zoom - gk.UNIT_ZOOM), radius: gk.radius(zoom) };
      [["street", 15, 600, 30], ["community", 13, 400, 70], ["compound", 11.5, 400, 46], ["grid", 11.5, 400, 130]]
        .forEach(function (row) {
          var level = gk.levels[row[0]];
          if (level && gk.state.show[row[0]]) names(ctx, level, view, taken, row, zoom);
        });
    }
  });

  function names(ctx, level, view, taken, row, zoom) {
    ctx.font = row[2] + " " + row[1] + "px " + FONT;
    seen(level, view).forEach(function (i) {
      var point = isPoint(level, i), text = level.get("name", i);
      if (!text || (point ? zoom < 17 : size(level, i, view) < row[3])) return;
      if (level.level === "compound" && !gk.state.on[i]) return;
      if (text.length > 18) text = text.slice(0, 17) + "…";
      var x = level.label[2 * i] * view.scale - view.x;
      var y = level.label[2 * i + 1] * view.scale - view.y + (point ? view.radius + 8 : 0);
      var half = ctx.measureText(text).width / 2 + 2, high = row[1] / 2 + 2;
      var box = [x - half, y - high, x + half, y + high];
      for (var k = 0; k < taken.length; k++) {
        var t = taken[k];
        if (box[0] < t[2] && box[2] > t[0] && box[1] < t[3] && box[3] > t[1]) return;
      }
      taken.push(box);
      ctx.strokeStyle = "rgba(255,255,255,.92)"; ctx.lineWidth = 3.4;
      ctx.strokeText(text, x, y);
      ctx.fillStyle = level.level === "grid" ? "#5d646e" : "#14181f";
      ctx.fillText(text, x, y);
    });
  }

  // What lies under a point of the map: a defect or compound that is shown, else the smallest area.
  gk.under = function (map, latlng) {
    var p = map.project(latlng, gk.UNIT_ZOOM), scale = Math.pow(2, map.getZoom() - gk.UNIT_ZOOM);
    var compound = gk.levels.compound, defect = gk.levels.defect;
    function near(level, reach) { return level.within(p.x - reach, p.y - reach, p.x + reach, p.y + reach); }
    if (defect && gk.state.show.defect) {
      var hits = near(defect, 6 / scale).filter(function (i) {
        return defect.hit(i, p.x, p.y, 6 / scale) || defect.beside(i, p.x, p.y, 5 / scale);
      });
      if (hits.length) return { level: "defect", i: hits[hits.length - 1] }; // the worst is drawn last
    }
    if (compound && gk.state.show.compound) {
      var best = -1, least = Infinity, reach = (gk.radius(map.getZoom()) + 2) / scale;
      near(compound, reach).forEach(function (i) {
        if (!gk.state.on[i] || !compound.hit(i, p.x, p.y, isPoint(compound, i) ? reach : 0)) return;
        var dx = compound.label[2 * i] - p.x, dy = compound.label[2 * i + 1] - p.y;
        if (dx * dx + dy * dy < least) { least = dx * dx + dy * dy; best = i; }
      });
      if (best >= 0) return { level: "compound", i: best };
    }
    for (var k = gk.order.length - 1; k >= 0; k--) {
      var level = gk.levels[gk.order[k]];
      if (level.level === "compound" || level.level === "defect" || !(gk.state.show[level.level] || gk.state.fill === level.level)) continue;
      var some = near(level, 0);
      for (var j = 0; j < some.length; j++) if (level.hit(some[j], p.x, p.y, 0)) return { level: level.level, i: some[j] };
    }
    return null;
  };

  // The outline of a feature as Leaflet layers.
  gk.outline = function (map, feature) {
    var level = gk.levels[feature.level], shapes = [];
    for (var p = level.part[feature.i]; p < level.part[feature.i + 1]; p++) {
      var rings = [];
      for (var r = level.ring[p]; r < level.ring[p + 1]; r++) {
        for (var points = level.path(r, level.kind[p] === gk.LINE), ring = [], k = 0; k < points.length; k += 2) {
          ring.push(map.unproject([points[k], points[k + 1]], gk.UNIT_ZOOM));
        }
        rings.push(ring);
      }
      var kind = level.kind[p];
      shapes.push(kind === gk.POINT ? L.circleMarker(rings[0][0]) : kind === gk.LINE ? L.polyline(rings) : L.polygon(rings));
    }
    return L.featureGroup(shapes);
  };
})();
