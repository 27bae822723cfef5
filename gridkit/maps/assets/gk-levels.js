// Levels of any map (GridMap.add_level): canvas tiles, names, a tip under the pointer, a panel on click, a legend.
(function () {
  "use strict";
  var BATCH = 16, SMALL = 2.5, LONG = 400;
  var FONT = '12px "PingFang SC","Microsoft YaHei","Noto Sans CJK SC","Source Han Sans SC",sans-serif';
  gk.stores = [];

  function make(tag, text, parent) {
    var element = document.createElement(tag);
    if (text) element.textContent = text;
    if (parent) parent.appendChild(element);
    return element;
  }

  function text(id) { return document.getElementById(id).textContent; }

  // The levels of one map, decoded once. name: of the elements that hold them.
  gk.addStore = function (map, name) {
    var settings = JSON.parse(text(name + "_settings")), data = gk.open(text(name + "_data"));
    gk.style = gk.style || {};
    var store = { map: map, words: settings.words, layers: [] };
    store.levels = settings.levels.map(function (said) {
      return { said: said, data: data.levels[said.key] };
    });
    gk.stores.push(store);
    if (settings.words.title) make("h1", settings.words.title, map.getContainer()).className = "gk-level-title";
    if (settings.fit) fit(store);
    watch(store);
    return store;
  };

  // Shows everything where nobody has said what to show.
  function fit(store) {
    var all = [Infinity, Infinity, -Infinity, -Infinity];
    store.levels.forEach(function (one) {
      var b = one.data.box;
      for (var k = 0; k < b.length; k += 4) {
        if (b[k] > b[k + 2]) continue;
        all = [Math.min(all[0], b[k]), Math.min(all[1], b[k + 1]), Math.max(all[2], b[k + 2]), Math.max(all[3], b[k + 3])];
      }
    });
    if (all[0] > all[2]) return;
    store.map.fitBounds([store.map.unproject([all[0], all[3]], gk.UNIT_ZOOM), store.map.unproject([all[2], all[1]], gk.UNIT_ZOOM)],
      { animate: false, maxZoom: 17 });
  }

  function radius(zoom) { return zoom < 11 ? 2.5 : zoom < 14 ? 3.5 : 5.5; }

  // ---- drawing

  function paint(ctx, level, view) {
    var kinds = level.data.values("class"), groups = {}, some = gk.seen(level.data, view), pixels = new gk.Pixels(view);
    level.said.styles.forEach(function (style) { groups[style.id] = []; });
    some.forEach(function (i) {
      var style = kinds.of[kinds.at[i]];
      if (gk.kindOf(level.data, i) === gk.POLYGON && gk.sizeOf(level.data, i, view) < SMALL) {
        var color = level.said.styles.filter(function (one) { return one.id === style; })[0].color;
        pixels.add(level.data, i, gk.Pixels.color(color, 0.8));
      } else groups[style].push(i);
    });
    pixels.put(ctx);
    level.said.styles.forEach(function (style) {
      var group = groups[style.id];
      for (var from = 0; from < group.length; from += BATCH) fill(ctx, level.data, group.slice(from, from + BATCH), view, style);
    });
    ctx.setLineDash([]);
    ctx.lineWidth = 0.9;
    ctx.strokeStyle = "#444444";
    var mark = gk.newRound(level.data), borders = 0;
    ctx.beginPath();
    some.forEach(function (i) {
      if (gk.kindOf(level.data, i) !== gk.POLYGON || gk.sizeOf(level.data, i, view) < 5) return;
      gk.traceArcs(ctx, level.data, i, view, mark);
      if (++borders % BATCH) return;
      ctx.stroke();
      ctx.beginPath();
    });
    ctx.stroke();
  }

  function fill(ctx, data, some, view, style) {
    function trace(kind) {
      ctx.beginPath();
      some.forEach(function (i) { gk.trace(ctx, data, i, view, kind); });
    }
    ctx.globalAlpha = 0.8;
    trace(gk.POLYGON);
    gk.fillWith(ctx, style, view.ratio);
    ctx.globalAlpha = 1;
    trace(gk.LINE);
    ctx.strokeStyle = style.color;
    ctx.lineWidth = 3;
    ctx.stroke();
    trace(gk.POINT);
    ctx.fillStyle = style.color;
    ctx.fill();
    ctx.strokeStyle = "#444444";
    ctx.lineWidth = 0.8;
    ctx.stroke();
  }

  gk.LevelLayer = L.GridLayer.extend({
    initialize: function (store, number) {
      L.GridLayer.prototype.initialize.call(this, { maxZoom: 24, keepBuffer: 1, zIndex: 10 + number });
      this.store = store;
      this.level = store.levels[number];
      store.layers.push(this);
    },
    // Each tile as it lies, also beyond 180 degrees: a level may reach across.
    _wrapCoords: function (coords) { return coords; },
    createTile: function (coords) {
      var canvas = document.createElement("canvas"), size = this.getTileSize(), ratio = Math.min(window.devicePixelRatio || 1, 2);
      canvas.width = size.x * ratio; canvas.height = size.y * ratio;
      canvas.style.width = size.x + "px"; canvas.style.height = size.y + "px";
      var ctx = canvas.getContext("2d");
      ctx.scale(ratio, ratio);
      paint(ctx, this.level, gk.viewOf({ x: coords.x * size.x, y: coords.y * size.y, width: size.x, height: size.y,
        scale: Math.pow(2, coords.z - gk.UNIT_ZOOM), radius: radius(coords.z), ratio: ratio }));
      return canvas;
    },
    onAdd: function (map) {
      L.GridLayer.prototype.onAdd.call(this, map);
      this.level.on = true;
      changed(this.store);
    },
    onRemove: function (map) {
      L.GridLayer.prototype.onRemove.call(this, map);
      this.level.on = false;
      changed(this.store);
    }
  });

  // Names on one canvas over the view, none over another.
  function names(store) {
    var map = store.map, size = map.getSize(), zoom = map.getZoom(), scale = Math.pow(2, zoom - gk.UNIT_ZOOM);
    var old = store.canvas, canvas = store.canvas = document.createElement("canvas"), origin = map.getPixelBounds().min, taken = [];
    canvas.className = "gk-level-names leaflet-zoom-hide";
    canvas.width = size.x; canvas.height = size.y;
    canvas.style.pointerEvents = "none";
    L.DomUtil.setPosition(canvas, map.containerPointToLayerPoint([0, 0]));
    var ctx = canvas.getContext("2d");
    ctx.font = FONT; ctx.textAlign = "center"; ctx.textBaseline = "middle"; ctx.lineJoin = "round"; ctx.lineWidth = 3;
    ctx.strokeStyle = "rgba(255,255,255,.92)"; ctx.fillStyle = "#14181f";
    store.levels.forEach(function (level) {
      var data = level.data;
      if (!level.on || !level.said.labels) return;
      data.within(origin.x / scale, origin.y / scale, (origin.x + size.x) / scale, (origin.y + size.y) / scale).forEach(function (i) {
        var point = gk.kindOf(data, i) !== gk.POLYGON;
        if (point ? zoom < 15 : gk.sizeOf(data, i, { scale: scale }) < 46) return;
        var name = data.get("name", i).slice(0, 18), half = ctx.measureText(name).width / 2 + 2;
        var x = data.label[2 * i] * scale - origin.x, y = data.label[2 * i + 1] * scale - origin.y + (point ? 14 : 0);
        if (!name || taken.some(function (t) { return Math.abs(t[0] - x) < t[2] + half && Math.abs(t[1] - y) < 16; })) return;
        taken.push([x, y, half]);
        ctx.strokeText(name, x, y);
        ctx.fillText(name, x, y);
      });
    });
    if (old) old.remove();
    map.getPane("overlayPane").appendChild(canvas);
  }

  // ---- what a person sees beside the map

  function box(store, position, fillIn) {
    var control = L.control({ position: position });
    control.onAdd = function () {
      var element = make("div");
      element.className = "gk-level-box";
      L.DomEvent.disableClickPropagation(element);
      L.DomEvent.disableScrollPropagation(element);
      fillIn(element);
      return element;
    };
    return control.addTo(store.map);
  }

  function legend(store) {
    if (store.legend) store.legend.remove();
    store.legend = null;
    var shown = store.levels.filter(function (level) { return level.on; });
    if (!shown.length) return;
    store.legend = box(store, "bottomleft", function (element) {
      element.setAttribute("data-legend", "");
      shown.forEach(function (level) {
        var plain = level.said.styles.length === 1 && !level.said.styles[0].label; // its one row has the name
        if (!plain) make("h2", level.said.name + (level.said.by ? " · " + level.said.by : ""), element);
        var kinds = level.data.values("class"), counts = {};
        kinds.at.forEach(function (k) { counts[kinds.of[k]] = (counts[kinds.of[k]] || 0) + 1; });
        level.said.styles.forEach(function (style) {
          var row = make("div", "", element);
          row.appendChild(gk.swatch(style));
          make("span", short(plain ? level.said.name : style.label, 60), row);
          make("b", String(counts[style.id] || 0), row);
        });
      });
    });
  }

  function changed(store) {
    if (store.waiting) return;
    store.waiting = requestAnimationFrame(function () {
      store.waiting = 0;
      legend(store);
      names(store);
    });
  }

  function short(value, most) { return value.length > most ? value.slice(0, most - 1) + "…" : value; }

  // The feature on top at a place: {level, i}.
  gk.levelAt = function (store, latlng) {
    var map = store.map, p = map.project(latlng, gk.UNIT_ZOOM), zoom = map.getZoom(), scale = Math.pow(2, zoom - gk.UNIT_ZOOM);
    for (var k = store.levels.length - 1; k >= 0; k--) {
      var level = store.levels[k], data = level.data, reach = (radius(zoom) + 2) / scale;
      if (!level.on) continue;
      var some = data.within(p.x - reach, p.y - reach, p.x + reach, p.y + reach);
      for (var j = some.length - 1; j >= 0; j--) if (data.hit(some[j], p.x, p.y, reach)) return { level: level, i: some[j] };
    }
    return null;
  };

  function lines(found) {
    return found.level.said.titles.map(function (title, k) { return [title, found.level.data.get("f" + k, found.i)]; });
  }

  function nameOf(found) { return found.level.said.labels ? found.level.data.get("name", found.i) : ""; }

  function watch(store) {
    var map = store.map, tip = make("div", "", map.getContainer()), frame = 0;
    tip.className = "gk-level-tip";
    tip.hidden = true;
    map.on("moveend zoomend resize", function () { changed(store); });
    map.on("mousemove", function (event) {
      cancelAnimationFrame(frame);
      frame = requestAnimationFrame(function () {
        var found = gk.levelAt(store, event.latlng);
        var rows = found ? [nameOf(found)].concat(lines(found).slice(0, 6).map(function (row) { return row[0] + ": " + short(row[1], 80); })) : [];
        rows = rows.filter(Boolean);
        tip.hidden = !rows.length;
        tip.textContent = short(rows.join("\n"), LONG);
        tip.style.left = Math.max(0, Math.min(event.containerPoint.x + 14, map.getSize().x - 290)) + "px";
        tip.style.top = event.containerPoint.y + 16 + "px";
      });
    }).on("mouseout", function () { cancelAnimationFrame(frame); tip.hidden = true; });
    map.on("click", function (event) { panel(store, gk.levelAt(store, event.latlng)); });
  }

  function panel(store, found) {
    if (store.panel) store.panel.remove();
    store.panel = null;
    if (!found || !(found.level.said.titles.length || found.level.said.labels)) return;
    store.panel = box(store, "topright", function (element) {
      element.setAttribute("data-panel", "");
      var close = make("button", "×", element), list;
      close.type = "button";
      close.setAttribute("aria-label", store.words.close);
      close.addEventListener("click", function () { panel(store, null); });
      make("h2", nameOf(found) || found.level.said.name, element);
      list = make("dl", "", element);
      lines(found).forEach(function (row) {
        make("dt", row[0], list);
        make("dd", row[1] || "–", list);
      });
    });
  }
})();
