// Two runs on one map: left of a line as it was, right of it as it is; the line is a slider over the map.
(function () {
  "use strict";
  var layer = null, control = null, slider = null, line = null, part = 50;

  // Draws the earlier statuses, step by step: what is drawn in between by others keeps its own.
  function* earlier(ctx, view) {
    for (var steps = gk.steps(ctx, view), done = false; !done;) {
      var now = gk.state.statusColumn;
      gk.state.statusColumn = "then";
      done = steps.next().done;
      gk.state.statusColumn = now;
      if (!done) yield;
    }
  }

  function clip() {
    if (!layer) return;
    var map = gk.map, from = map.containerPointToLayerPoint([0, 0]), size = map.getSize(), x = Math.round(size.x * part / 100);
    function cut(one, left, right) {
      var box = one.getContainer();
      if (box) box.style.clip = "rect(" + [from.y, from.x + right, from.y + size.y, from.x + left].join("px, ") + "px)";
    }
    cut(layer, 0, x);
    cut(gk.tiles, x, size.x);
    line.style.left = x + "px";
  }

  function begin() {
    var map = gk.map;
    layer = new gk.Tiles({ maxZoom: map.getMaxZoom(), keepBuffer: 1 });
    layer.paint = earlier;
    layer.addTo(map);
    line = gk.el("div", { class: "gk-swipe-line", "aria-hidden": "true" });
    map.getContainer().appendChild(line);
    slider = gk.el("input", { type: "range", id: "gk-swipe", min: "0", max: "100", step: "1", "aria-label": gk.words.swipe_label,
      on: { input: function () { part = Number(slider.value); clip(); } } });
    slider.value = String(part);
    var box = gk.el("div", { class: "gk-swipe" }, [gk.el("span", { text: gk.words.before }), slider, gk.el("span", { text: gk.words.now })]);
    L.DomEvent.disableClickPropagation(box).disableScrollPropagation(box);
    control = L.control({ position: "bottomright" });
    control.onAdd = function () { return box; };
    control.addTo(map);
    map.on("move zoomend resize", clip);
    clip();
  }

  function end() {
    gk.map.off("move zoomend resize", clip);
    layer.remove();
    control.remove();
    line.remove();
    layer = null;
    if (gk.tiles.getContainer()) gk.tiles.getContainer().style.clip = "";
  }

  // Shows or ends the two halves.
  gk.swipe = function (on) {
    gk.swiped = on;
    if (!gk.tiles || on === !!layer) return; // the map is drawn after the address has been read
    if (on) begin();
    else end();
  };

  gk.onStart.push(function () {
    var redraw = gk.redraw;
    gk.redraw = function () { redraw(); if (layer) layer.redraw(); };
  });

  gk.onSpeak.push(function () { if (layer) { end(); begin(); } });
})();
