// Names on one canvas over the view: the widest level first, larger features before smaller ones, none over another.
(function () {
  "use strict";
  var FONT = '"PingFang SC","Microsoft YaHei","Noto Sans CJK SC","Source Han Sans SC",sans-serif';
  var CELL = 64; // pixels of a cell of what is taken
  // level, pixels of the letters, weight, least pixels of a feature
  var ROWS = [["street", 15, 600, 30], ["community", 13, 400, 70], ["compound", 11.5, 400, 46], ["grid", 11.5, 400, 130]];

  gk.FONT = FONT;

  function Taken() { this.cells = new Map(); }

  // Takes the place of a box unless something stands there.
  Taken.prototype.take = function (box) {
    var keys = [];
    for (var y = Math.floor(box[1] / CELL); y <= Math.floor(box[3] / CELL); y++) {
      for (var x = Math.floor(box[0] / CELL); x <= Math.floor(box[2] / CELL); x++) {
        var key = x + 100000 * y, there = this.cells.get(key) || [];
        for (var k = 0; k < there.length; k++) {
          var t = there[k];
          if (box[0] < t[2] && box[2] > t[0] && box[1] < t[3] && box[3] > t[1]) return false;
        }
        keys.push(key);
      }
    }
    keys.forEach(function (key) {
      if (!this.cells.has(key)) this.cells.set(key, []);
      this.cells.get(key).push(box);
    }, this);
    return true;
  };

  // Features of a view that are large enough for a name, the largest first.
  function named(level, view, least, zoom) {
    var out = [];
    if (gk.largest(level) * view.scale < least && zoom < 17) return out;
    gk.seen(level, view).forEach(function (i) {
      if (level.level === "compound" && gk.state.on.length && !gk.state.on[i]) return;
      var point = gk.kindOf(level, i) === gk.POINT, size = gk.sizeOf(level, i, view);
      if (point ? zoom >= 17 : size >= least) out.push([i, size, point]);
    });
    return out.sort(function (a, b) { return b[1] - a[1] || a[0] - b[0]; });
  }

  // The widest box of a level, in units.
  gk.largest = function (level) {
    if (level.most === undefined) {
      level.most = 0;
      for (var b = level.box, k = 0; k < b.length; k += 4) level.most = Math.max(level.most, b[k + 2] - b[k], b[k + 3] - b[k + 1]);
    }
    return level.most;
  };

  function names(ctx, level, view, taken, row, zoom) {
    var palette = gk.palette();
    ctx.font = row[2] + " " + row[1] + "px " + FONT;
    named(level, view, row[3], zoom).forEach(function (one) {
      var i = one[0], text = level.get("name", i);
      if (!text) return;
      text = Array.from(String(text).slice(0, 40));
      text = text.length > 18 ? text.slice(0, 17).join("") + "…" : text.join("");
      var x = level.label[2 * i] * view.scale - view.x;
      var y = level.label[2 * i + 1] * view.scale - view.y + (one[2] ? view.radius + 8 : 0);
      var half = ctx.measureText(text).width / 2 + 2, high = row[1] / 2 + 2;
      if (x + half < 0 || y + high < 0 || x - half > view.width || y - high > view.height) return;
      if (!taken.take([x - half, y - high, x + half, y + high])) return;
      ctx.strokeStyle = palette.halo; ctx.lineWidth = 3.4;
      ctx.strokeText(text, x, y);
      ctx.fillStyle = level.level === "grid" ? palette.dim : palette.text;
      ctx.fillText(text, x, y);
    });
  }

  // Draws the names of a view, level by level.
  gk.nameSteps = function* (ctx, view, zoom) {
    var taken = new Taken(), here = gk.viewOf(view);
    if (gk.state.show.labels === false) return;
    ctx.textAlign = "center"; ctx.textBaseline = "middle"; ctx.lineJoin = "round";
    var others = gk.order.filter(function (name) {
      return name !== "defect" && !ROWS.some(function (row) { return row[0] === name; });
    }).map(function (name) { return [name, 11.5, 400, 60]; });
    for (var row of ROWS.concat(others)) {
      var level = gk.levels[row[0]];
      if (level && gk.state.show[row[0]] && level.has("name")) names(ctx, level, here, taken, row, zoom);
      yield;
    }
  };

  gk.Labels = L.Layer.extend({
    onAdd: function (map) {
      this._canvas = L.DomUtil.create("canvas", "gk-labels");
      map.getPane("overlayPane").appendChild(this._canvas);
      map.on("moveend zoomend resize", this.draw, this).on("zoomstart", this.hide, this);
      this.draw();
    },
    onRemove: function (map) {
      map.off("moveend zoomend resize", this.draw, this).off("zoomstart", this.hide, this);
      this._canvas.remove();
    },
    hide: function () { this._canvas.style.visibility = "hidden"; },
    draw: function () {
      var map = this._map, size = map.getSize(), ratio = gk.ratio();
      gk.repaintSwatches();
      map.getContainer().style.background = gk.theme === "dark" ? gk.palette().ground : "";
      // Chromium prints the clearing of a used canvas, too, which would wipe out the tiles below: always a fresh one
      var canvas = this._canvas.cloneNode(), origin = map.getPixelBounds().min, zoom = map.getZoom();
      L.DomUtil.setPosition(canvas, map.containerPointToLayerPoint([0, 0]));
      canvas.width = size.x * ratio; canvas.height = size.y * ratio;
      canvas.style.width = size.x + "px"; canvas.style.height = size.y + "px";
      canvas.style.visibility = "visible";
      this._canvas.parentNode.replaceChild(canvas, this._canvas);
      this._canvas = canvas;
      var ctx = canvas.getContext("2d");
      ctx.scale(ratio, ratio);
      var steps = gk.nameSteps(ctx, { x: origin.x, y: origin.y, width: size.x, height: size.y, ratio: ratio,
        scale: Math.pow(2, zoom - gk.UNIT_ZOOM), radius: gk.radius(zoom) }, zoom);
      while (!steps.next().done);
    }
  });
})();
