// The map beside a decision, as SVG: candidates with their numbers, other compounds in grey, the stated community.
(function () {
  "use strict";
  var NS = "http://www.w3.org/2000/svg", LEAST = 260, VISIBLE = 30, FAR = 2500, TINY = 4;
  var box, svg, view = null, row = null, options = {}, drag = null;

  function el(tag, given, children) {
    var node = document.createElementNS(NS, tag);
    for (var key in given) {
      if (key === "text") node.textContent = given[key];
      else if (key === "on") for (var event in given.on) node.addEventListener(event, given.on[event]);
      else node.setAttribute(key, given[key]);
    }
    (children || []).forEach(function (child) { if (child) node.appendChild(child); });
    return node;
  }

  // Metres of one unit at height y.
  function metres(y) {
    var lat = Math.atan(Math.sinh((0.5 - y / 268435456) * 2 * Math.PI));
    return Math.cos(lat) * 40075016.686 / 268435456;
  }

  // Where a candidate is drawn: [level, position], null where nothing is known of its place.
  gk.review.placeOf = function (one) {
    var level = gk.levels[one.l], i = level && one.i ? level.at.get(one.i) : undefined;
    return i === undefined || !level.placed(i) ? null : [level, i];
  };

  function grow(out, level, i) {
    var b = level.box, k = 4 * i;
    out[0] = Math.min(out[0], b[k]); out[1] = Math.min(out[1], b[k + 1]);
    out[2] = Math.max(out[2], b[k + 2]); out[3] = Math.max(out[3], b[k + 3]);
  }

  function home() {
    var level = gk.levels.community, i = row && row.home && level ? level.at.get(row.home) : undefined;
    return i === undefined || !level.placed(i) ? null : [level, i];
  }

  function reach(wide) { return Math.max(wide[2] - wide[0], wide[3] - wide[1]) * metres(wide[1]); }

  // The rectangle that shows the point of the row and the candidates; unless all are wanted, those that are far from
  // the first one are left out.
  function extent(all) {
    var out = [Infinity, Infinity, -Infinity, -Infinity];
    if (row.xy) out = [row.xy[0], row.xy[1], row.xy[0], row.xy[1]];
    options.candidates.forEach(function (one) {
      var at = gk.review.placeOf(one), wide = out.slice();
      if (!at) return;
      grow(wide, at[0], at[1]);
      if (all || out[0] > out[2] || reach(wide) < FAR) out = wide;
    });
    return out;
  }

  function scaleFor(wide, size) {
    var least = LEAST / metres(wide[1]);
    return Math.min(size.width / Math.max(least, (wide[2] - wide[0]) * 1.2), size.height / Math.max(least, (wide[3] - wide[1]) * 1.2));
  }

  // Pixels that the smallest candidate has at a scale.
  function smallest(scale) {
    return options.candidates.reduce(function (least, one) {
      var at = gk.review.placeOf(one), b = at && at[0].box, k = at && 4 * at[1];
      return at && b[k + 2] > b[k] ? Math.min(least, Math.max(b[k + 2] - b[k], b[k + 3] - b[k + 1]) * scale) : least;
    }, Infinity);
  }

  // The stated community is shown as a whole where the candidates can still be seen in it.
  function fit(everything) {
    var size = box.getBoundingClientRect(), lying = home(), wide = extent(everything);
    view = null;
    if (!size.width || !size.height) return;
    if (lying && !everything) {
      var all = wide.slice();
      grow(all, lying[0], lying[1]);
      if (wide[0] > wide[2] || smallest(scaleFor(all, size)) >= VISIBLE) wide = all;
    }
    if (wide[0] <= wide[2]) view = { x: (wide[0] + wide[2]) / 2, y: (wide[1] + wide[3]) / 2, scale: scaleFor(wide, size) };
  }

  function path(level, i, size) {
    var out = [];
    for (var p = level.part[i]; p < level.part[i + 1]; p++) {
      if (level.kind[p] !== gk.POLYGON) continue;
      for (var r = level.ring[p]; r < level.ring[p + 1]; r++) {
        for (var points = level.path(r), k = 0; k < points.length; k += 2) {
          out.push((k ? "L" : "M") + px(points[k], size) + " " + py(points[k + 1], size));
        }
        out.push("Z");
      }
    }
    return out.join("");
  }

  function px(x, size) { return ((x - view.x) * view.scale + size.width / 2).toFixed(1); }
  function py(y, size) { return ((y - view.y) * view.scale + size.height / 2).toFixed(1); }

  function shape(level, i, size, given) {
    var isPoint = level.placed(i) && level.kind[level.part[i]] !== gk.POLYGON;
    if (isPoint) return el("circle", Object.assign({ cx: px(level.label[2 * i], size), cy: py(level.label[2 * i + 1], size), r: 7 }, given));
    return el("path", Object.assign({ d: path(level, i, size) }, given));
  }

  function seen(level, i, size) {
    var w = size.width / view.scale / 2, h = size.height / view.scale / 2;
    return level.meets(i, view.x - w, view.y - h, view.x + w, view.y + h);
  }

  function outlines(size) {
    var level = gk.levels.community, out = [], lying = home();
    for (var i = 0; level && i < level.n; i++) {
      if (seen(level, i, size) && !(lying && lying[1] === i)) out.push(shape(level, i, size, { class: "gk-outline" }));
    }
    if (lying) out.push(shape(lying[0], lying[1], size, { class: "gk-home" }));
    return out;
  }

  function neighbours(size) {
    var level = gk.levels.compound, out = [], names = [];
    if (!level || level.typical * view.scale < TINY) return out; // only specks could be seen of them
    var taken = new Set(options.candidates.filter(function (one) { return one.l === "compound"; }).map(function (one) { return one.i; }));
    for (var i = 0; level && i < level.n; i++) {
      if (!level.placed(i) || taken.has(level.code[i]) || !seen(level, i, size)) continue;
      out.push(neighbour(level, i, size));
      var name = level.name(i), room = (level.box[4 * i + 2] - level.box[4 * i]) * view.scale;
      if (room > 10 * Math.min(name.length, 12)) {
        names.push(el("text", { class: "gk-small", x: px(level.label[2 * i], size), y: py(level.label[2 * i + 1], size), text: name }));
      }
    }
    return out.concat(names);
  }

  function neighbour(level, i, size) {
    return shape(level, i, size, { class: "gk-other", "data-code": level.code[i], on: { click: function () {
      if (options.pick) options.pick(level.code[i]);
    } } }).appendChild(el("title", { text: level.name(i) + " " + level.code[i] })).parentNode;
  }

  function candidates(size) {
    var out = [], marks = [];
    options.candidates.forEach(function (one, at) {
      var place = gk.review.placeOf(one);
      if (!place) return;
      var level = place[0], i = place[1], number = one.picked ? 0 : at + 1;
      var state = (options.chosen(one) ? " gk-chosen" : "") + (options.hot === number ? " gk-hot" : "");
      out.push(shape(level, i, size, { class: "gk-candidate" + state, "data-number": number,
        on: { click: function () { if (options.choose) options.choose(number); } } }));
      marks.push(badge(level, i, size, number, one.n || level.name(i)));
    });
    return out.concat(point(size), marks);
  }

  // The number of a candidate: inside it, above it where it is small; its name below.
  function badge(level, i, size, number, name) {
    var b = level.box, k = 4 * i, x = px(level.label[2 * i], size), middle = +py(level.label[2 * i + 1], size);
    var top = +py(b[k + 1], size), bottom = +py(b[k + 3], size), small = bottom - top < 46;
    var y = small ? top - 13 : middle, under = small ? bottom + 14 : middle + 25;
    var pin = row.xy ? [+px(row.xy[0], size), +py(row.xy[1], size) - 14] : [-99, -99];
    if (Math.abs(pin[0] - x) < 20 && Math.abs(pin[1] - y) < 24) x = +x + (pin[0] > x ? -22 : 22); // beside the pin
    return el("g", { class: "gk-badge" }, [el("circle", { cx: x, cy: y, r: 10 }), el("text", { x: x, y: y, dy: "0.36em", text: String(number) }),
      el("text", { class: "gk-name", x: px(level.label[2 * i], size), y: under, text: name.length > 16 ? name.slice(0, 15) + "…" : name })]);
  }

  function point(size) {
    if (!row.xy) return [];
    var x = +px(row.xy[0], size), y = +py(row.xy[1], size);
    return [el("path", { class: "gk-point", d: "M" + x + " " + y + "l-6 -14a7 7 0 1 1 12 0Z" }, [el("title", { text: gk.words.row_point })])];
  }

  function scale(size) {
    var unit = metres(view.y), most = Math.min(140, size.width / 3) / view.scale * unit;
    var step = Math.pow(10, Math.floor(Math.log10(most)));
    var length = [5, 2, 1].map(function (n) { return n * step; }).filter(function (n) { return n <= most; })[0] || step;
    var x = 12, y = size.height - 12, end = x + length / unit * view.scale;
    var said = length >= 1000 ? length / 1000 + " km" : length + " m";
    return el("g", { class: "gk-scale" }, [el("path", { d: "M" + x + " " + (y - 5) + "V" + y + "H" + end.toFixed(1) + "V" + (y - 5) }),
      el("text", { x: x + 4, y: y - 6, text: said })]);
  }

  function draw() {
    var size = box.getBoundingClientRect();
    svg.textContent = "";
    svg.setAttribute("viewBox", "0 0 " + Math.max(1, size.width) + " " + Math.max(1, size.height));
    if (!row || !view) {
      svg.appendChild(el("text", { class: "gk-nothing", x: size.width / 2, y: size.height / 2, text: row ? gk.words.no_map : "" }));
      return;
    }
    [].concat(outlines(size), neighbours(size), candidates(size), [scale(size)]).forEach(function (node) { svg.appendChild(node); });
  }

  function zoom(by, event) {
    if (!view) return;
    var size = box.getBoundingClientRect(), x = event ? event.clientX - size.left - size.width / 2 : 0, y = event ? event.clientY - size.top - size.height / 2 : 0;
    var next = Math.min(Math.max(view.scale * by, 0.002), 20);
    view.x += x / view.scale - x / next;
    view.y += y / view.scale - y / next;
    view.scale = next;
    draw();
  }

  function moved(event) {
    if (!drag) return;
    var x = event.clientX - drag.x, y = event.clientY - drag.y;
    if (!drag.moved && Math.abs(x) + Math.abs(y) < 5) return;
    if (!drag.moved) box.setPointerCapture(event.pointerId);
    drag.moved = true;
    view.x = drag.at[0] - x / view.scale;
    view.y = drag.at[1] - y / view.scale;
    draw();
  }

  // Shows a decision: its candidates, which of them is chosen, what a click does.
  gk.review.showMap = function (shown, given, keep) {
    var same = keep && row === shown && view;
    row = shown;
    options = given;
    if (!same) { if (row) fit(); else view = null; }
    draw();
  };

  // Points to a candidate, and goes there where it cannot be seen.
  gk.review.hot = function (number) {
    options.hot = number;
    var one = options.candidates.filter(function (other, i) { return (other.picked ? 0 : i + 1) === number; })[0];
    var place = one && gk.review.placeOf(one), size = box.getBoundingClientRect();
    if (place && (!view || !seen(place[0], place[1], size) || smallest(view.scale) < TINY)) {
      var wide = [Infinity, Infinity, -Infinity, -Infinity];
      grow(wide, place[0], place[1]);
      view = { x: (wide[0] + wide[2]) / 2, y: (wide[1] + wide[3]) / 2, scale: scaleFor(wide, size) / 2 };
      draw();
      return;
    }
    svg.querySelectorAll(".gk-candidate").forEach(function (node) {
      node.classList.toggle("gk-hot", +node.getAttribute("data-number") === number);
    });
  };

  gk.review.makeMap = function (into, buttons) {
    box = into;
    svg = el("svg", { role: "img", "aria-label": gk.words.map });
    box.appendChild(svg);
    box.addEventListener("wheel", function (event) { event.preventDefault(); zoom(event.deltaY < 0 ? 1.25 : 0.8, event); }, { passive: false });
    box.addEventListener("pointerdown", function (event) {
      if (view && event.button === 0) drag = { x: event.clientX, y: event.clientY, at: [view.x, view.y], moved: false };
    });
    box.addEventListener("pointermove", moved);
    box.addEventListener("pointerup", function () { drag = null; });
    box.addEventListener("pointercancel", function () { drag = null; });
    [["+", gk.words.zoom_in, function () { zoom(1.5); }], ["−", gk.words.zoom_out, function () { zoom(1 / 1.5); }],
      ["⤢", gk.words.fit, function () { if (row) { fit(true); draw(); } }]].forEach(function (one) {
      buttons.appendChild(gk.el("button", { type: "button", text: one[0], title: one[1], "aria-label": one[1], on: { click: one[2] } }));
    });
    var last = "";
    new ResizeObserver(function () {
      var size = box.getBoundingClientRect(), said = size.width + "x" + size.height;
      if (said === last) return;
      last = said;
      if (row) fit();
      draw();
    }).observe(box);
  };
})();
