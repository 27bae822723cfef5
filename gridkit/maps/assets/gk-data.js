// Decodes the data of the page (docs/map-format.md) into typed arrays, and answers questions about features.
var gk = { words: {} };

(function () {
  "use strict";

  // One unit is one pixel of zoom level 20.
  gk.UNIT_ZOOM = 20;
  gk.POLYGON = 0; gk.POINT = 1; gk.LINE = 2;

  function unzip(text) {
    var raw = atob(text.trim()), bytes = new Uint8Array(raw.length);
    for (var i = 0; i < raw.length; i++) bytes[i] = raw.charCodeAt(i);
    return fflate.gunzipSync(bytes);
  }

  // Base64 of gzipped JSON.
  gk.inflate = function (text) { return JSON.parse(fflate.strFromU8(unzip(text))); };

  // ---- sections

  function Data(text) {
    var bytes = unzip(text), view = new DataView(bytes.buffer, bytes.byteOffset);
    if (fflate.strFromU8(bytes.subarray(0, 4)) !== "GKM2") throw new Error("not map data of gridkit");
    var end = 8 + view.getUint32(4, true);
    this.head = JSON.parse(fflate.strFromU8(bytes.subarray(8, end)));
    if (this.head.gk !== 2) throw new Error("gridkit map data of version " + this.head.gk);
    this.bytes = bytes.subarray(end);
  }

  // Whole numbers: planes of bytes, folded (0, -1, 1, -2 are 0, 1, 2, 3), mode & 1: differences, & 2: beyond 32 bits.
  Data.prototype.numbers = function (where) {
    var n = where[1], planes = where[2], delta = where[3] & 1, wide = where[3] & 2;
    var b = this.bytes, o = where[0], out = wide ? new Float64Array(n) : new Int32Array(n), last = 0, i, k, v;
    if (wide) {
      for (i = 0; i < n; i++) {
        for (v = 0, k = planes - 1; k >= 0; k--) v = v * 256 + b[o + k * n + i];
        v = v % 2 ? -(v + 1) / 2 : v / 2;
        out[i] = delta ? last += v : v;
      }
      return out;
    }
    var p1 = o + n, p2 = p1 + n, p3 = p2 + n;
    for (i = 0; i < n; i++) {
      v = b[o + i];
      if (planes > 1) v |= b[p1 + i] << 8;
      if (planes > 2) v |= b[p2 + i] << 16;
      if (planes > 3) v |= b[p3 + i] << 24;
      v = (v >>> 1) ^ -(v & 1);
      out[i] = delta ? last = (last + v) | 0 : v;
    }
    return out;
  };

  Data.prototype.reals = function (where) {
    var n = where[1], bytes = new Uint8Array(8 * n), out = new Array(n);
    for (var k = 0; k < 8; k++) for (var i = 0; i < n; i++) bytes[8 * i + k] = this.bytes[where[0] + k * n + i];
    var view = new DataView(bytes.buffer);
    for (var j = 0; j < n; j++) {
      var value = view.getFloat64(8 * j, true);
      out[j] = value === value ? value : null;
    }
    return out;
  };

  // A column as {of, at} (value i is of[at[i]]) or {plain} (value i is plain[i]).
  Data.prototype.column = function (head) {
    var self = this;
    if (head.kind === "words") return { of: this.column(head.of).plain, at: this.numbers(head.at) };
    if (head.kind === "text") {
      var all = new TextDecoder("utf-8", { ignoreBOM: true }).decode(this.bytes.subarray(head.of[0], head.of[0] + head.of[1]));
      return { plain: pieces(all, this.numbers(head.n)) };
    }
    if (head.kind === "code") {
      return { plain: Array.from(this.numbers(head.at), function (n) { return head.prefix + String(n).padStart(head.digits, "0"); }) };
    }
    if (head.kind === "list") return { plain: pieces(spread(this.column(head.of)), this.numbers(head.n)) };
    if (head.kind === "json") return { plain: spread(this.column(head.of)).map(function (text) { return JSON.parse(text); }) };
    if (head.kind === "real") return { plain: this.reals(head.at) };
    var values = this.numbers(head.at);
    if (!head.gap) return { plain: values };
    var gap = self.numbers(head.gap);
    return { plain: Array.from(values, function (value, i) { return gap[i] ? null : value; }) };
  };

  // A text or array cut into pieces of the given lengths.
  function pieces(all, lengths) {
    var out = new Array(lengths.length);
    for (var i = 0, from = 0; i < lengths.length; i++) out[i] = all.slice(from, from += lengths[i]);
    return out;
  }

  function spread(column) {
    return column.of ? Array.from(column.at, function (k) { return column.of[k]; }) : column.plain;
  }

  function starts(counts) {
    var out = new Int32Array(counts.length + 1);
    for (var i = 0; i < counts.length; i++) out[i + 1] = out[i] + counts[i];
    return out;
  }

  // ---- arcs

  function readArcs(data, head) {
    var at = starts(data.numbers(head.points)), n = at.length - 1, total = at[n];
    var arcs = { at: at, x: new Int32Array(total), y: new Int32Array(total), box: new Int32Array(4 * n) };
    var x0 = data.numbers(head.x0), y0 = data.numbers(head.y0), dx = data.numbers(head.x), dy = data.numbers(head.y);
    for (var a = 0, k = 0, s = 0, x = 0, y = 0; a < n; a++) {
      x += x0[a]; y += y0[a];
      var left = x, top = y, right = x, bottom = y;
      arcs.x[k] = x; arcs.y[k] = y; k++;
      for (; k < at[a + 1]; k++, s++) {
        arcs.x[k] = x += dx[s]; arcs.y[k] = y += dy[s];
        if (x < left) left = x; else if (x > right) right = x;
        if (y < top) top = y; else if (y > bottom) bottom = y;
      }
      arcs.box[4 * a] = left; arcs.box[4 * a + 1] = top; arcs.box[4 * a + 2] = right; arcs.box[4 * a + 3] = bottom;
    }
    return arcs;
  }

  // References of all paths: twice the step from arc to arc, and one more where the arc runs backwards.
  function readRefs(tokens) {
    for (var i = 0, arc = 0; i < tokens.length; i++) {
      arc += tokens[i] >> 1;
      tokens[i] = tokens[i] & 1 ? ~arc : arc;
    }
    return tokens;
  }

  // The features of a page: {arcs, order, levels}. later: the text of the columns that are read when first needed.
  gk.open = function (text, later) {
    var data = new Data(text), head = data.head, arcs = readArcs(data, head.arcs), store = { arcs: arcs, levels: Object.create(null) };
    var counts = starts(data.numbers(head.arcs.count)), refs = readRefs(data.numbers(head.arcs.refs)), path = 0, rest = null;
    store.order = head.levels.map(function (raw) { return raw.level; });
    store.later = function () {
      if (!rest && later) rest = new Data(later());
      return rest;
    };
    head.levels.slice().reverse().forEach(function (raw) { // the narrowest level lies first
      var level = store.levels[raw.level] = new Level(raw, data, store), rings = level.ring[level.ring.length - 1];
      var first = counts[path];
      level.ref = counts.slice(path, path + rings + 1).map(function (k) { return k - first; });
      path += rings;
      level.refs = refs.subarray(first, counts[path]);
      level.measure();
    });
    return store;
  };

  // ---- levels

  function Level(raw, data, store) {
    this.level = raw.level;
    this.n = raw.n;
    this.arcs = store.arcs;
    this.part = starts(data.numbers(raw.parts)); // feature -> first part
    this.ring = starts(data.numbers(raw.rings)); // part -> first path
    this.kind = Uint8Array.from(data.numbers(raw.kind));
    this._raw = raw; this._data = data; this._store = store; this._read = Object.create(null); this._values = Object.create(null);
  }

  gk.Level = Level;

  // Codes, and code -> first feature, made when first asked for.
  Object.defineProperty(Level.prototype, "code", { get: function () {
    return this._code || (this._code = spread(this._data.column(this._raw.code)));
  } });
  Object.defineProperty(Level.prototype, "at", { get: function () {
    if (!this._at) {
      this._at = new Map();
      for (var i = this.n - 1; i >= 0; i--) this._at.set(this.code[i], i);
    }
    return this._at;
  } });

  // Points of path r one after another, x and y in turn; of a ring without the closing one.
  Level.prototype.path = function (r, isLine) {
    var arcs = this.arcs, out = [], end = this.ref[r + 1], k;
    for (var j = this.ref[r]; j < end; j++) {
      var a = this.refs[j], back = a < 0;
      if (back) a = ~a;
      var from = arcs.at[a], to = arcs.at[a + 1];
      if (back) for (k = to - 1; k > from; k--) out.push(arcs.x[k], arcs.y[k]);
      else for (k = from; k < to - 1; k++) out.push(arcs.x[k], arcs.y[k]);
      if (j + 1 === end) out.push(arcs.x[k], arcs.y[k]);
    }
    var n = out.length;
    if (!isLine && n > 2 && out[0] === out[n - 2] && out[1] === out[n - 1]) out.length = n - 2;
    return out;
  };

  // Bounding boxes, and the place of the label: the centroid of the largest outer ring.
  Level.prototype.measure = function () {
    var box = this.box = new Int32Array(4 * this.n), of = this.arcs.box, sizes = new Float64Array(this.n), placed = 0;
    this.label = new Float64Array(2 * this.n);
    for (var i = 0; i < this.n; i++) {
      var left = Infinity, top = Infinity, right = -Infinity, bottom = -Infinity, best = -1, first = this.part[i], last = this.part[i + 1];
      if (first === last) { box.set([1, 1, 0, 0], 4 * i); continue; }
      for (var j = this.ref[this.ring[first]]; j < this.ref[this.ring[last]]; j++) {
        var a = this.refs[j], b = 4 * (a < 0 ? ~a : a);
        if (of[b] < left) left = of[b];
        if (of[b + 1] < top) top = of[b + 1];
        if (of[b + 2] > right) right = of[b + 2];
        if (of[b + 3] > bottom) bottom = of[b + 3];
      }
      box[4 * i] = left; box[4 * i + 1] = top; box[4 * i + 2] = right; box[4 * i + 3] = bottom;
      for (var p = first; p < last; p++) {
        var area = this.centre(this.ring[p]);
        if (area > best) { best = area; this.label[2 * i] = cx; this.label[2 * i + 1] = cy; }
      }
      sizes[placed++] = Math.max(right - left, bottom - top);
    }
    sizes = sizes.subarray(0, placed).sort();
    this.typical = sizes[placed >> 1] || 0; // median size of a feature
  };

  var cx = 0, cy = 0; // what centre() found

  // The size of the area inside path r; its centroid, or the middle of a path without area, goes to cx and cy.
  Level.prototype.centre = function (r) {
    var arcs = this.arcs, xs = arcs.x, ys = arcs.y, area = 0, sx = 0, sy = 0, first = this.ref[r], end = this.ref[r + 1];
    var a = this.refs[first], o = a < 0 ? arcs.at[~a + 1] - 1 : arcs.at[a], x0 = xs[o], y0 = ys[o];
    for (var j = first; j < end; j++) {
      a = this.refs[j];
      var sign = a < 0 ? -1 : 1, from = arcs.at[sign < 0 ? ~a : a], to = arcs.at[(sign < 0 ? ~a : a) + 1];
      var px = xs[from] - x0, py = ys[from] - y0;
      for (var k = from + 1; k < to; k++) {
        var qx = xs[k] - x0, qy = ys[k] - y0, cross = sign * (px * qy - qx * py);
        area += cross; sx += (px + qx) * cross; sy += (py + qy) * cross;
        px = qx; py = qy;
      }
    }
    cx = x0; cy = y0;
    if (area) { cx += sx / (3 * area); cy += sy / (3 * area); return Math.abs(area); }
    a = this.refs[(first + end) >> 1];
    o = (arcs.at[a < 0 ? ~a : a] + arcs.at[(a < 0 ? ~a : a) + 1]) >> 1;
    cx = xs[o]; cy = ys[o];
    return 0;
  };

  // ---- columns

  function own(object, name) { return Object.prototype.hasOwnProperty.call(object, name) ? object[name] : null; }

  Level.prototype.load = function (name) {
    var raw = this._raw, data = this._data, head = own(raw.columns, name);
    if (!head && raw.later.indexOf(name) >= 0) {
      data = this._store.later();
      head = data && own(data.head.levels[this.level], name);
    }
    return this._read[name] = head ? data.column(head) : { plain: [] };
  };

  Level.prototype.has = function (name) { return !!own(this._raw.columns, name) || this._raw.later.indexOf(name) >= 0; };

  Level.prototype.get = function (name, i) {
    var column = this._read[name] || this.load(name);
    return column.of ? column.of[column.at[i]] : column.plain[i];
  };

  // A column as {of, at}: distinct values, and for each feature the place of its value among them.
  Level.prototype.values = function (name) {
    var column = this._read[name] || this.load(name);
    if (column.of) return column;
    if (!this._values[name]) {
      var of = [], seen = new Map();
      this._values[name] = { of: of, at: Int32Array.from({ length: this.n }, function (_, i) {
        var value = column.plain[i], k = seen.get(value);
        if (k === undefined) { seen.set(value, k = of.length); of.push(value); }
        return k;
      }) };
    }
    return this._values[name];
  };

  // Adds a column that the page has worked out: value i is of[at[i]].
  Level.prototype.put = function (name, of, at) {
    this._raw.columns[name] = { kind: "words" };
    this._read[name] = { of: of, at: at };
  };

  Level.prototype.name = function (i) { return this.get("name", i) || gk.words.unnamed; };
  Level.prototype.placed = function (i) { return this.part[i + 1] > this.part[i]; };
})();
