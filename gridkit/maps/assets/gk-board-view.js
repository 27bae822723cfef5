// The view of the redraw board: from metres to pixels and back, which compound lies where, moving and zooming.
(function () {
  "use strict";
  var board = gk.board, ui = board.ui = { onView: [], onEdit: [] }, MOST = 8, LEAST = 0.002;
  var view = ui.view = { x: 0, y: 0, scale: 0.1, width: 1, height: 1, ratio: 1 };
  var wide = [0, 0, 1, 1];

  ui.byId = document.getElementById.bind(document);

  // ---- where compounds lie

  view.index = function () {
    var n = ui.state.count, whole = [Infinity, Infinity, -Infinity, -Infinity];
    for (var i = 0; i < n; i++) {
      var b = ui.state.bbox(i);
      whole = [Math.min(whole[0], b[0]), Math.min(whole[1], b[1]), Math.max(whole[2], b[2]), Math.max(whole[3], b[3])];
    }
    wide = whole[0] <= whole[2] ? whole : [0, 0, 1, 1];
  };

  view.whole = function () { return wide; };

  // Compounds whose box meets a rectangle, each once, in order.
  view.within = function (box) {
    return ui.state.within(box[0], box[1], box[2], box[3]).filter(function (i) { return !ui.state.atoms.gone[i]; });
  };

  view.boxOfAtoms = function (list) {
    var out = [Infinity, Infinity, -Infinity, -Infinity];
    list.forEach(function (i) {
      var b = ui.state.bbox(i);
      out = [Math.min(out[0], b[0]), Math.min(out[1], b[1]), Math.max(out[2], b[2]), Math.max(out[3], b[3])];
    });
    return out;
  };

  // ---- metres and pixels: y of the map points north

  view.px = function (x) { return (x - view.x) * view.scale + view.width / 2; };
  view.py = function (y) { return view.height / 2 - (y - view.y) * view.scale; };
  view.wx = function (px) { return (px - view.width / 2) / view.scale + view.x; };
  view.wy = function (py) { return (view.height / 2 - py) / view.scale + view.y; };
  view.at = function (px, py) { return ui.state.at(view.wx(px), view.wy(py)); };
  view.box = function (margin) {
    var m = (margin || 0) / view.scale, w = view.width / 2 / view.scale + m, h = view.height / 2 / view.scale + m;
    return [view.x - w, view.y - h, view.x + w, view.y + h];
  };

  function moved() { ui.onView.forEach(function (tell) { tell(); }); }

  view.fit = function (box, margin) {
    if (!(box[0] <= box[2])) return;
    var m = margin === undefined ? 30 : margin, w = Math.max(40, box[2] - box[0]), h = Math.max(40, box[3] - box[1]);
    view.x = (box[0] + box[2]) / 2;
    view.y = (box[1] + box[3]) / 2;
    view.scale = Math.min(Math.max(Math.min((view.width - 2 * m) / w, (view.height - 2 * m) / h), LEAST), MOST);
    moved();
  };

  view.pan = function (dx, dy) {
    view.x = Math.min(Math.max(view.x - dx / view.scale, wide[0]), wide[2]);
    view.y = Math.min(Math.max(view.y + dy / view.scale, wide[1]), wide[3]);
    moved();
  };

  view.zoom = function (by, px, py) {
    var x = px === undefined ? view.width / 2 : px, y = py === undefined ? view.height / 2 : py;
    var wx = view.wx(x), wy = view.wy(y);
    view.scale = Math.min(Math.max(view.scale * by, LEAST), MOST);
    view.x = wx - (x - view.width / 2) / view.scale;
    view.y = wy + (y - view.height / 2) / view.scale;
    moved();
  };

  view.resize = function () {
    var size = ui.byId("gk-map").getBoundingClientRect();
    if (!size.width || !size.height) return false;
    view.width = size.width; view.height = size.height; view.ratio = Math.min(2, window.devicePixelRatio || 1);
    moved();
    return true;
  };

  // ---- borders

  // The border of two grids nearest to a point of the screen: {arc, left, right, x, y}, null where none is near.
  view.borderAt = function (px, py, reach) {
    var best = null, least = reach * reach, state = ui.state;
    view.within([view.wx(px - reach), view.wy(py + reach), view.wx(px + reach), view.wy(py - reach)]).forEach(function (i) {
      ui.arcsOf(i).forEach(function (arc) {
        if (arc.left < 0 || arc.right < 0 || state.grid[arc.left] === state.grid[arc.right]) return;
        for (var k = 2, xy = arc.xy; k < xy.length; k += 2) {
          var d = away(px, py, view.px(xy[k - 2]), view.py(xy[k - 1]), view.px(xy[k]), view.py(xy[k + 1]));
          if (d < least) { least = d; best = arc; }
        }
      });
    });
    return best;
  };

  function away(x, y, ax, ay, bx, by) {
    var dx = bx - ax, dy = by - ay, t = dx || dy ? Math.max(0, Math.min(1, ((x - ax) * dx + (y - ay) * dy) / (dx * dx + dy * dy))) : 0;
    var ex = x - ax - t * dx, ey = y - ay - t * dy;
    return ex * ex + ey * ey;
  }

  // The nearest point of roads and outlines of buildings to a place, [x, y] in metres; null where none is near.
  view.snap = function (px, py, reach, more) {
    var best = null, least = reach * reach;
    (ui.state.lines || []).concat(more || []).forEach(function (line) {
      for (var k = 2, xy = line.xy; k < xy.length; k += 2) {
        var ax = view.px(xy[k - 2]), ay = view.py(xy[k - 1]), bx = view.px(xy[k]), by = view.py(xy[k + 1]);
        if (Math.max(ax, bx) < px - reach || Math.min(ax, bx) > px + reach || Math.max(ay, by) < py - reach || Math.min(ay, by) > py + reach) continue;
        var dx = bx - ax, dy = by - ay, t = dx || dy ? Math.max(0, Math.min(1, ((px - ax) * dx + (py - ay) * dy) / (dx * dx + dy * dy))) : 0;
        [0, 1].forEach(function (end) { // a corner attracts more than the stretch between
          if (Math.hypot(px - (end ? bx : ax), py - (end ? by : ay)) < reach * 0.6) t = end;
        });
        var ex = px - ax - t * dx, ey = py - ay - t * dy, d = ex * ex + ey * ey;
        if (d < least) { least = d; best = [view.wx(ax + t * dx), view.wy(ay + t * dy)]; }
      }
    });
    return best;
  };
})();
