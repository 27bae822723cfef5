// What lies over the map of the board: names and sizes of grids, the grid that is worked on, what a tool is doing.
(function () {
  "use strict";
  var board = gk.board, ui = board.ui, view = ui.view, MOST = 220, seats = new Map(), outline = { key: "", arcs: [] };
  var FONT = '"PingFang SC", "Microsoft YaHei", "Noto Sans CJK SC", "Source Han Sans SC", sans-serif';
  var MARKS = { low: "▼", "in": "✓", high: "▲", other: "◆", none: "" };
  ui.marks = MARKS;

  // ---- names

  // What a grid is called: its name, its code, or a piece of its identity.
  ui.nameOf = function (uid) {
    var grid = uid && (ui.state.grids.get(uid) || ui.state.filedGrids.get(uid));
    if (!uid) return gk.words.nowhere;
    return grid && (grid.name || grid.code) || gk.say("unnamed", { uid: uid.slice(-4) });
  };
  ui.communityName = function (code) {
    var at = ui.state.communityAt.get(code);
    return at === undefined ? code : ui.state.communities[at].name || code;
  };
  ui.placeName = function (i) { return ui.state.atoms.name[i] || gk.words["kind_" + ui.state.atoms.kind[i]] || ui.state.atoms.id[i]; };
  ui.number = function (n) { return String(Math.round(n)).replace(/\B(?=(\d{3})+(?!\d))/g, ","); };
  ui.cut = function (text, most) {
    var out = "", wide = 0, letters = Array.from(text);
    for (var k = 0; k < letters.length; k++) {
      wide += letters[k].codePointAt(0) > 0x2e7f ? 1 : 0.56; // a Latin letter is half as wide as a Chinese one
      if (wide > most) return out + "…";
      out += letters[k];
    }
    return text;
  };

  // ---- where the name of a grid stands

  ui.seatOf = function (uid) {
    var found = seats.get(uid), members = ui.state.members(uid);
    if (found || !members || !members.size) return found || null;
    var x = 0, y = 0, sum = 0, box = view.boxOfAtoms(members), areas = ui.state.atoms.area;
    members.forEach(function (i) { var c = ui.state.centre(i), w = areas[i] || 1; x += c[0] * w; y += c[1] * w; sum += w; });
    var seat = ui.nearest(members, x / sum, y / sum, ui.state.grid, uid);
    found = { x: seat[0], y: seat[1], box: box };
    seats.set(uid, found);
    return found;
  };

  // The point itself where it lies in the grid, else the middle of the compound nearest to it.
  ui.nearest = function (members, x, y, given, uid) {
    var under = ui.state.at(x, y), least = Infinity, best = [x, y];
    if (under >= 0 && given[under] === uid) return best;
    members.forEach(function (i) {
      var c = ui.state.centre(i), d = (c[0] - x) * (c[0] - x) + (c[1] - y) * (c[1] - y);
      if (d < least) { least = d; best = c; }
    });
    return best;
  };
  // Finds the places of names a little at a time, before they are first wanted.
  ui.warm = function () {
    var end = performance.now() + 6, all = Array.from(ui.state.grids.keys());
    for (var k = 0; k < all.length && performance.now() < end; k++) ui.seatOf(all[k]);
    if (k < all.length) setTimeout(ui.warm, 20);
  };
  ui.forget = function (uids) { if (uids) uids.forEach(function (uid) { seats.delete(uid); }); else seats.clear(); };

  function write(c, text, x, y, colour) {
    c.lineWidth = 3; c.strokeStyle = "rgba(255,255,255,.9)"; c.fillStyle = colour;
    c.strokeText(text, x, y);
    c.fillText(text, x, y);
  }

  function gridNames(c, taken) {
    var n = 0;
    if (ui.swipe >= 0) ui.filedGrids().forEach(function (was, uid) { one(uid, was, was.size, was.band, false, true); });
    ui.state.grids.forEach(function (grid, uid) {
      var seat = n < MOST ? ui.seatOf(uid) : null;
      if (seat && seen(seat)) one(uid, seat, ui.totals(uid).size, ui.bandOf(uid), grid.locked, false);
    });

    function seen(seat) {
      var x = view.px(seat.x), y = view.py(seat.y);
      return x >= 0 && y >= 0 && x <= view.width && y <= view.height && (seat.box[2] - seat.box[0]) * view.scale >= 44;
    }

    function one(uid, seat, size, band, locked, before) {
      var x = view.px(seat.x), y = view.py(seat.y);
      if (n >= MOST || !seen(seat) || ui.swipe >= 0 && (x < ui.swipe) !== before) return;
      var name = ui.cut(ui.nameOf(uid), 10), text = ui.number(size) + " " + MARKS[band];
      if (!room(taken, x, y, Math.max(name.length * 12, 56) / 2, 16)) return;
      n++;
      c.font = "600 12px " + FONT;
      write(c, name, x, y - 7, "#14181f");
      c.font = "12px " + FONT;
      write(c, text, x, y + 8, band === "low" ? "#0b4a91" : band === "high" ? "#8f2400" : "#2f4a2f");
      if (locked) padlock(c, x + c.measureText(text).width / 2 + 9, y + 8);
    }
  }

  function padlock(c, x, y) {
    c.beginPath();
    c.arc(x, y - 2, 3, Math.PI, 0);
    c.lineWidth = 1.6; c.strokeStyle = c.fillStyle = "#14181f";
    c.stroke();
    c.fillRect(x - 4.5, y - 2, 9, 6.5);
  }

  function room(taken, x, y, w, h) {
    for (var k = 0; k < taken.length; k++) {
      var o = taken[k];
      if (Math.abs(o[0] - x) < o[2] + w && Math.abs(o[1] - y) < o[3] + h) return false;
    }
    taken.push([x, y, w, h]);
    return true;
  }

  function placeNames(c, taken) {
    var n = 0, atoms = ui.state.atoms;
    c.font = "11px " + FONT;
    view.within(view.box(0)).forEach(function (i) {
      if (n >= MOST || atoms.kind[i] === "land" && !atoms.households[i]) return;
      var b = ui.state.bbox(i), name = ui.cut(ui.placeName(i), 12), wide = (b[2] - b[0]) * view.scale;
      if (wide < 12 * Math.min(name.length, 7) || (b[3] - b[1]) * view.scale < 26) return;
      var p = ui.state.centre(i), x = view.px(p[0]), y = view.py(p[1]);
      if (!room(taken, x, y, name.length * 5.6, 14)) return;
      n++;
      write(c, name, x, y - 6, "#454c57");
      write(c, atoms.known[i] ? ui.number(atoms.households[i]) : "?", x, y + 7, "#454c57");
    });
  }

  function communityNames(c, taken) {
    if (view.scale > 0.16) return;
    ui.communityBoxes().forEach(function (box, code) {
      var x = view.px((box[0] + box[2]) / 2), y = view.py((box[1] + box[3]) / 2), name = ui.cut(ui.communityName(code), 10);
      if ((box[2] - box[0]) * view.scale < name.length * 11 || x < 0 || y < 0 || x > view.width || y > view.height) return;
      if (!room(taken, x, y, name.length * 6, 9)) return;
      c.font = "600 12px " + FONT;
      write(c, name, x, y, "#4a1f5e");
    });
  }

  var boxes = null;
  ui.communityBoxes = function () {
    if (boxes) return boxes;
    boxes = new Map();
    for (var i = 0; i < ui.state.count; i++) {
      var code = ui.state.communities[ui.state.atoms.community[i]].code, b = ui.state.bbox(i), o = boxes.get(code);
      boxes.set(code, o ? [Math.min(o[0], b[0]), Math.min(o[1], b[1]), Math.max(o[2], b[2]), Math.max(o[3], b[3])] : Array.from(b));
    }
    return boxes;
  };

  ui.drawNames = function (into) {
    var c = into || ui.fresh("gk-names"), taken = [];
    c.textAlign = "center"; c.textBaseline = "middle"; c.lineJoin = "round";
    if (!into && view.scale < 0.05) { communityNames(c, taken); return; }
    gridNames(c, taken);
    if (view.scale > 0.35 && ui.swipe < 0) placeNames(c, taken);
    communityNames(c, taken);
  };

  // ---- the grid that is worked on

  function activeArcs() {
    var key = ui.active + "/" + ui.state.revision;
    if (outline.key === key) return outline.arcs;
    var arcs = new Set(), grid = ui.state.grid;
    if (ui.active && ui.state.grids.has(ui.active)) {
      ui.state.members(ui.active).forEach(function (i) {
        ui.arcsOf(i).forEach(function (arc) {
          if ((arc.left >= 0 ? grid[arc.left] : "") !== (arc.right >= 0 ? grid[arc.right] : "")) arcs.add(arc);
        });
      });
    }
    outline = { key: key, arcs: Array.from(arcs) };
    return outline.arcs;
  }

  function stroke(c, arcs, colour, width, dash) {
    c.beginPath();
    arcs.forEach(function (arc) { ui.trace(c, arc.xy, false); });
    c.strokeStyle = colour; c.lineWidth = width; c.lineJoin = "round"; c.lineCap = "round";
    c.setLineDash(dash || []);
    c.stroke();
    c.setLineDash([]);
  }
  ui.strokeArcs = stroke;

  // Fills compounds with a colour, with their outline: what a tool has caught.
  ui.shade = function (c, atoms, fill, line, width) {
    c.beginPath();
    atoms.forEach(function (i) {
      if (i < ui.state.count) ui.state.rings(i).forEach(function (ring) { ui.trace(c, ring, true); }); // an undone cut takes its pieces away
    });
    if (fill) { c.fillStyle = fill; c.fill("evenodd"); }
    if (line) { c.strokeStyle = line; c.lineWidth = width || 1.5; c.stroke(); }
  };

  ui.drawOver = function () {
    var c = ui.fresh("gk-over");
    var arcs = activeArcs();
    if (arcs.length) { stroke(c, arcs, "#ffffff", 6); stroke(c, arcs, "#0b57d0", 3.2); }
    if (ui.flash && ui.flash.until > performance.now()) {
      ui.shade(c, ui.flash.atoms, "rgba(196,43,0,.28)", "#c42b00", 2.5);
    }
    if (ui.tool && ui.tool.draw) ui.tool.draw(c);
    if (ui.swipe >= 0) { c.fillStyle = "#14181f"; c.fillRect(ui.swipe - 1.5, 0, 3, view.height); }
    if (ui.cross) cross(c);
    scale(c);
  };

  function cross(c) {
    var x = view.width / 2, y = view.height / 2;
    [["#ffffff", 5], ["#14181f", 2]].forEach(function (one) {
      c.beginPath();
      c.moveTo(x - 14, y); c.lineTo(x - 4, y); c.moveTo(x + 4, y); c.lineTo(x + 14, y);
      c.moveTo(x, y - 14); c.lineTo(x, y - 4); c.moveTo(x, y + 4); c.lineTo(x, y + 14);
      c.strokeStyle = one[0]; c.lineWidth = one[1]; c.stroke();
    });
  }

  function scale(c) {
    var most = 120 / view.scale, step = Math.pow(10, Math.floor(Math.log10(most)));
    var length = [5, 2, 1].map(function (n) { return n * step; }).filter(function (n) { return n <= most; })[0] || step;
    var w = length * view.scale, x = 12, y = view.height - 12;
    c.beginPath();
    c.moveTo(x, y - 6); c.lineTo(x, y); c.lineTo(x + w, y); c.lineTo(x + w, y - 6);
    [["#ffffff", 4], ["#14181f", 1.5]].forEach(function (one) { c.strokeStyle = one[0]; c.lineWidth = one[1]; c.stroke(); });
    c.font = "11px " + FONT; c.textAlign = "left"; c.textBaseline = "alphabetic";
    write(c, length >= 1000 ? length / 1000 + " km" : length + " m", x + 5, y - 5, "#14181f");
  }

  // Shows where something is: goes there, and lets it glow where it is not the grid that is worked on.
  ui.show = function (atoms, wide, glow) {
    var box = view.boxOfAtoms(atoms);
    if (!(box[0] <= box[2])) return;
    var room = Math.max(box[2] - box[0], box[3] - box[1], 60) * (wide || 0.8);
    view.fit([box[0] - room, box[1] - room, box[2] + room, box[3] + room], 20);
    if (!glow) return;
    ui.flash = { atoms: atoms, until: performance.now() + 1600 };
    setTimeout(ui.frame, 1650);
  };
})();
