// The filed plan beside the plan of now: sizes, bands and places of names of its grids.
(function () {
  "use strict";
  var board = gk.board, ui = board.ui, made = { revision: -1, grids: new Map() };

  // Grids of the filed plan: uid -> {size, band, x, y, box}.
  ui.filedGrids = function () {
    if (made.revision === ui.state.revision) return made.grids;
    var members = new Map(), out = new Map();
    for (var i = 0; i < ui.state.count; i++) {
      var uid = ui.state.filed[i];
      if (!uid || ui.state.atoms.gone[i]) continue;
      if (!members.has(uid)) members.set(uid, []);
      members.get(uid).push(i);
    }
    members.forEach(function (list, uid) { out.set(uid, facts(uid, list)); });
    made = { revision: ui.state.revision, grids: out };
    return out;
  };

  function facts(uid, list) {
    var atoms = ui.state.atoms, grid = ui.state.filedGrids.get(uid), norm = ui.state.normOf(atoms.community[list[0]]), size = 0, x = 0, y = 0, sum = 0;
    list.forEach(function (i) {
      var c = ui.state.centre(i), w = atoms.area[i] || 1;
      size += norm.measure === "persons" ? atoms.persons[i] : atoms.households[i];
      x += c[0] * w; y += c[1] * w; sum += w;
    });
    var seat = ui.nearest(list, x / sum, y / sum, ui.state.filed, uid);
    var band = grid && grid.kind !== "comprehensive" ? "other" : size < norm.low ? "low" : size > norm.high ? "high" : "in";
    return { size: size, band: band, x: seat[0], y: seat[1], box: ui.view.boxOfAtoms(list) };
  }
})();
