// What page and Python must agree on to the byte: sha256, canonical JSON, the order of texts, names of new grids.
(function () {
  "use strict";
  var board = gk.board = gk.board || {};
  var K = new Uint32Array(64), START = new Uint32Array(8), W = new Uint32Array(64);

  // The first 32 bits of the fractions of the roots of the first primes (FIPS 180-4).
  (function () {
    function bits(x) { return (x - Math.floor(x)) * 4294967296 | 0; }
    for (var n = 2, i = 0; i < 64; n++) {
      for (var d = 2, prime = true; d * d <= n && prime; d++) prime = n % d > 0;
      if (!prime) continue;
      if (i < 8) START[i] = bits(Math.sqrt(n));
      K[i++] = bits(Math.cbrt(n));
    }
  })();

  function turn(x, n) { return x >>> n | x << 32 - n; }

  function block(h, bytes, at) {
    var i, a = h[0], b = h[1], c = h[2], d = h[3], e = h[4], f = h[5], g = h[6], k = h[7];
    for (i = 0; i < 16; i++, at += 4) W[i] = bytes[at] << 24 | bytes[at + 1] << 16 | bytes[at + 2] << 8 | bytes[at + 3];
    for (; i < 64; i++) {
      var x = W[i - 15], y = W[i - 2];
      W[i] = (turn(x, 7) ^ turn(x, 18) ^ x >>> 3) + W[i - 7] + (turn(y, 17) ^ turn(y, 19) ^ y >>> 10) + W[i - 16] | 0;
    }
    for (i = 0; i < 64; i++) {
      var one = k + (turn(e, 6) ^ turn(e, 11) ^ turn(e, 25)) + (e & f ^ ~e & g) + K[i] + W[i] | 0;
      var two = (turn(a, 2) ^ turn(a, 13) ^ turn(a, 22)) + (a & b ^ a & c ^ b & c) | 0;
      k = g; g = f; f = e; e = d + one | 0; d = c; c = b; b = a; a = one + two | 0;
    }
    h[0] += a; h[1] += b; h[2] += c; h[3] += d; h[4] += e; h[5] += f; h[6] += g; h[7] += k;
  }

  // 64 hexadecimal digits of a text in UTF-8; half a character counts as "?", as Python writes it.
  board.sha256 = function (text) {
    var data = new TextEncoder().encode(board.sound(text, "?"));
    var bytes = new Uint8Array((data.length + 72 >> 6) << 6), view = new DataView(bytes.buffer);
    bytes.set(data);
    bytes[data.length] = 128;
    view.setUint32(bytes.length - 8, Math.floor(data.length / 536870912));
    view.setUint32(bytes.length - 4, data.length << 3 >>> 0);
    var h = START.slice(), out = "";
    for (var at = 0; at < bytes.length; at += 64) block(h, bytes, at);
    for (var i = 0; i < 8; i++) out += ("0000000" + h[i].toString(16)).slice(-8);
    return out;
  };

  // A text without halves of characters.
  board.sound = function (text, instead) {
    return text.replace(/[\ud800-\udbff][\udc00-\udfff]|[\ud800-\udfff]/g, function (hit) {
      return hit.length === 2 ? hit : instead;
    });
  };

  // The order of Python's texts: by code point, not by half characters.
  board.byCode = function (a, b) {
    if (a === b) return 0;
    var n = Math.min(a.length, b.length), i = 0;
    while (i < n && a.charCodeAt(i) === b.charCodeAt(i)) i++;
    if (i === n) return a.length - b.length;
    var x = a.charCodeAt(i), y = b.charCodeAt(i);
    // above U+FFFF come pairs of half characters, though their numbers are below U+E000
    return (x >= 0xd800 && x < 0xe000 ? x + 0x10000 : x) - (y >= 0xd800 && y < 0xe000 ? y + 0x10000 : y);
  };

  // A number as Python writes it: the digits are those of JavaScript, the exponent begins earlier and has two digits.
  function number(x) {
    if (!isFinite(x)) throw new RangeError("number");
    if (x === 0 || Math.abs(x) >= 1e-4) return x % 1 === 0 ? wholeNumber(x) : String(x);
    return x.toExponential().replace(/e-(\d)$/, "e-0$1");
  }

  function wholeNumber(x) { return Math.abs(x) < 1e21 ? String(x === 0 ? 0 : x) : BigInt(x).toString(); }

  // JSON with sorted keys and without blanks; whole numbers are written as such, however they were given.
  board.canonical = function (value) {
    if (typeof value === "number") return number(value);
    if (value === null || typeof value !== "object") return JSON.stringify(value);
    if (Array.isArray(value)) return "[" + value.map(board.canonical).join(",") + "]";
    return "{" + Object.keys(value).sort(board.byCode).map(function (key) {
      return JSON.stringify(key) + ":" + board.canonical(value[key]);
    }).join(",") + "}";
  };

  // What the hash of an edit must be: of all its other fields.
  board.digest = function (edit) {
    var rest = {};
    board.FIELDS.forEach(function (name) { if (name !== "hash") rest[name] = edit[name]; });
    return board.sha256(board.canonical(rest));
  };

  board.FIELDS = ["seq", "time", "user", "op", "args", "reason", "doc_no", "base", "prev_hash", "hash"];

  // The identity of a new grid: made of what it is first made of.
  board.uidOf = function (community, ids, salt) {
    return "g" + board.sha256([salt, community].concat(ids.slice().sort(board.byCode)).join("\x1f")).slice(0, 15);
  };
})();
