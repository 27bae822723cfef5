// Decodes the data of the page (gridkit/maps/codec.py) into typed arrays, and answers questions about features.
var gk = {};

(function () {
  "use strict";

  // One unit is one pixel of zoom level 20.
  gk.UNIT_ZOOM = 20;

  function inflate(text) {
    var raw = atob(text.trim());
    var bytes = new Uint8Array(raw.length);
    for (var i = 0; i < raw.length; i++) bytes[i] = raw.charCodeAt(i);
    return JSON.parse(fflate.strFromU8(fflate.gunzipSync(bytes)));
  }

  gk.inflate = inflate;

  function starts(counts, least) {
    var out = new Int32Array(counts.length + 1);
    for (var i = 0; i < counts.length; i++) out[i + 1] = out[i] + Math.max(counts[i], least);
    return out;
  }

  function plain(column) {
    if (Array.isArray(column)) return column;
    return column.at.map(function (at) { return column.of[at]; });
  }

  function Level(raw) {
    this.level = raw.level;
    this.n = raw.n;
    this.code = raw.code;
    this.columns = {};
    for (var name in raw.columns) this.columns[name] = plain(raw.columns[name]);
    this.part = starts(raw.parts, 0); // feature -> first part
    this.ring = starts(raw.rings, 1); // part -> first path; a point is one path
    this.isPoint = Uint8Array.from(raw.rings, function (n) { return n ? 0 : 1; });
    this.path = starts(raw.points, 0); // path -> first point
    this.unroll(raw.xy);
    this.measure();
    this.at = new Map();
    for (var i = 0; i < this.n; i++) this.at.set(this.code[i], i);
  }

  Level.prototype.unroll = function (xy) {
    var n = xy.length / 2;
    this.x = new Int32Array(n);
    this.y = new Int32Array(n);
    for (var p = 0; p + 1 < this.path.length; p++) {
      var x = 0, y = 0;
      for (var k = this.path[p]; k < this.path[p + 1]; k++) {
        x += xy[2 * k];
        y += xy[2 * k + 1];
        this.x[k] = x;
        this.y[k] = y;
      }
    }
  };

  // Bounding boxes, and the place of the label: the centroid of the largest outer ring.
  Level.prototype.measure = function () {
    this.box = new Int32Array(4 * this.n);
    this.label = new Float64Array(2 * this.n);
    var sizes = [];
    for (var i = 0; i < this.n; i++) {
      var box = [Infinity, Infinity, -Infinity, -Infinity], best = -1;
      for (var p = this.part[i]; p < this.part[i + 1]; p++) {
        var first = this.ring[p], a = this.path[first], b = this.path[first + 1];
        var area = 0, cx = 0, cy = 0, x0 = this.x[a], y0 = this.y[a];
        for (var k = a; k < b; k++) {
          var j = k + 1 < b ? k + 1 : a;
          var xk = this.x[k] - x0, yk = this.y[k] - y0, xj = this.x[j] - x0, yj = this.y[j] - y0;
          var cross = xk * yj - xj * yk;
          area += cross; cx += (xk + xj) * cross; cy += (yk + yj) * cross;
          if (this.x[k] < box[0]) box[0] = this.x[k];
          if (this.y[k] < box[1]) box[1] = this.y[k];
          if (this.x[k] > box[2]) box[2] = this.x[k];
          if (this.y[k] > box[3]) box[3] = this.y[k];
        }
        if (Math.abs(area) > best) {
          best = Math.abs(area);
          this.label[2 * i] = x0 + (area ? cx / (3 * area) : 0);
          this.label[2 * i + 1] = y0 + (area ? cy / (3 * area) : 0);
        }
      }
      this.box.set(best < 0 ? [1, 1, 0, 0] : box, 4 * i);
      sizes.push(Math.max(box[2] - box[0], box[3] - box[1]));
    }
    sizes.sort(function (a, b) { return a - b; });
    this.typical = Math.max(0, sizes[sizes.length >> 1] || 0); // median size of a feature
  };

  Level.prototype.get = function (name, i) { return this.columns[name][i]; };
  Level.prototype.name = function (i) { return this.columns.name[i] || gk.words.unnamed; };
  Level.prototype.placed = function (i) { return this.part[i + 1] > this.part[i]; };

  // Whether feature i touches the rectangle, in units.
  Level.prototype.meets = function (i, x0, y0, x1, y1) {
    var b = this.box, k = 4 * i;
    return b[k] <= x1 && b[k + 2] >= x0 && b[k + 1] <= y1 && b[k + 3] >= y0 && b[k] <= b[k + 2];
  };

  // Whether the point, in units, is in feature i; points are hit within reach.
  Level.prototype.hit = function (i, x, y, reach) {
    if (!this.meets(i, x - reach, y - reach, x + reach, y + reach)) return false;
    for (var p = this.part[i]; p < this.part[i + 1]; p++) {
      var inside = false;
      for (var r = this.ring[p]; r < this.ring[p + 1]; r++) {
        var a = this.path[r], b = this.path[r + 1];
        if (this.isPoint[p]) {
          var dx = this.x[a] - x, dy = this.y[a] - y;
          if (dx * dx + dy * dy <= reach * reach) return true;
          continue;
        }
        for (var k = a, j = b - 1; k < b; j = k++) {
          if (this.y[k] > y !== this.y[j] > y &&
              x < (this.x[j] - this.x[k]) * (y - this.y[k]) / (this.y[j] - this.y[k]) + this.x[k]) inside = !inside;
        }
      }
      if (inside) return true;
    }
    return false;
  };

  gk.read = function () {
    var settings = JSON.parse(document.getElementById("gk-settings").textContent);
    var data = inflate(document.getElementById("gk-data").textContent);
    if (data.gk !== 1) throw new Error("gridkit map data of version " + data.gk);
    gk.settings = settings;
    gk.words = settings.words;
    gk.order = data.levels.map(function (raw) { return raw.level; }); // widest first
    gk.levels = {};
    data.levels.forEach(function (raw) { gk.levels[raw.level] = new Level(raw); });
    gk.style = {};
    settings.statuses.concat(settings.classes, (settings.defects || { styles: [] }).styles).forEach(function (style) { gk.style[style.id] = style; });
  };

  // A template such as "{n} of {all}" with its values.
  gk.say = function (word, values) {
    return gk.words[word].replace(/\{(\w+)\}/g, function (_, key) { return values[key]; });
  };

  // Whether the status of compound i says that something covers it, so that it can be valid or not.
  gk.covers = function (i) {
    return ["UNCOVERED", "UNKNOWN", "PLANNED"].indexOf(gk.levels.compound.get("status", i)) < 0;
  };

  // The name of the smallest area above compound i that has one.
  gk.areaOf = function (i) {
    var level = gk.levels.compound;
    return gk.nameOf("community", level.get("community", i)) || gk.nameOf("street", level.get("street", i));
  };

  // Finds a code on any level, compounds first.
  gk.find = function (code) {
    for (var k = gk.order.length - 1; k >= 0; k--) {
      var level = gk.levels[gk.order[k]], i = level.at.get(code);
      if (i !== undefined) return { level: level.level, i: i };
    }
    return null;
  };

  gk.nameOf = function (level, code) {
    if (!code) return "";
    var features = gk.levels[level], i = features ? features.at.get(code) : undefined;
    return i === undefined ? code : features.name(i);
  };

  // Text for comparing: full width and upper case folded.
  gk.fold = function (text) { return String(text).normalize("NFKC").toLowerCase(); };
})();
