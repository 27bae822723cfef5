// The print view: one sheet with title, map, totals and the table of the grids on it.
(function () {
  "use strict";
  var board = gk.board, ui = board.ui, view = ui.view, byId = ui.byId;
  var SHEETS = { A4: [190, 277], A3: [277, 400] }, DOTS = 8; // millimetres inside the margins; dots for each

  function boxOf(what) {
    if (what === "all") return view.whole();
    if (what === "view") return view.box(0);
    return ui.communityBoxes().get(what) || view.whole();
  }

  function gridsIn(box, what) {
    var out = [];
    ui.state.grids.forEach(function (grid, uid) {
      var seat = ui.seatOf(uid);
      if (what !== "all" && what !== "view") { if (grid.community === what) out.push(uid); return; }
      if (seat && seat.x >= box[0] && seat.x <= box[2] && seat.y >= box[1] && seat.y <= box[3]) out.push(uid);
    });
    return out.sort(function (a, b) {
      var x = ui.state.grids.get(a), y = ui.state.grids.get(b);
      return x.community < y.community ? -1 : x.community > y.community ? 1 : (x.code || a) < (y.code || b) ? -1 : 1;
    });
  }

  // The map with its names, in a canvas of its own.
  function picture(box, wide, high) {
    var canvas = document.createElement("canvas"), c = canvas.getContext("2d"), k = 2;
    var at = { width: wide * DOTS / k, height: high * DOTS / k, x: (box[0] + box[2]) / 2, y: (box[1] + box[3]) / 2 };
    var ratio = Math.max(0.35, (box[3] - box[1]) / Math.max(20, box[2] - box[0]));
    at.height = Math.min(at.height, at.width * ratio * 1.04);
    at.scale = Math.min(at.width / Math.max(20, box[2] - box[0]), at.height / Math.max(20, box[3] - box[1])) * 0.97;
    canvas.width = at.width * k; canvas.height = at.height * k;
    c.setTransform(k, 0, 0, k, 0, 0);
    ui.paintInto(c, at, ui.state.grid);
    var mine = { x: view.x, y: view.y, scale: view.scale, width: view.width, height: view.height }, swipe = ui.swipe;
    Object.assign(view, at);
    ui.swipe = -1;
    ui.drawNames(c); // names are placed for the view: it is the sheet for a moment
    Object.assign(view, mine);
    ui.swipe = swipe;
    canvas.style.width = wide + "mm";
    return canvas;
  }

  function cell(text, number) { return gk.el("td", { text: text, class: number ? "gk-num" : "" }); }

  function table(uids) {
    var heads = ["grid", "community", "households", "persons", "band", "pieces", "compactness"];
    return gk.el("table", {}, [gk.el("thead", {}, [gk.el("tr", {}, heads.map(function (word) { return gk.el("th", { text: gk.words[word] }); }))]),
      gk.el("tbody", {}, uids.map(function (uid) {
        var total = ui.totals(uid), grid = ui.state.grids.get(uid), band = ui.bandOf(uid);
        return gk.el("tr", {}, [cell(ui.nameOf(uid) + (grid.code && grid.code !== ui.nameOf(uid) ? " " + grid.code : "")), cell(ui.communityName(grid.community)), cell(ui.number(total.households), true), cell(ui.number(total.persons), true),
          cell(ui.marks[band] + " " + gk.words["band_" + band] + (total.outside ? " " + ui.number(Math.abs(total.outside)) : "")), cell(String(total.pieces), true),
          cell(total.compactness === null ? "–" : total.compactness.toFixed(2), true)]);
      }))]);
  }

  function make(options) {
    var sheet = byId("gk-sheet"), size = SHEETS[options.paper].slice(), box = boxOf(options.what), uids = gridsIn(box, options.what), style = byId("gk-page");
    if (options.wide) size.reverse();
    if (!style) document.head.appendChild(style = gk.el("style", { id: "gk-page" }));
    style.textContent = "@page { size: " + options.paper + (options.wide ? " landscape" : " portrait") + "; margin: 10mm; }";
    var sums = { grids: uids.length, households: 0, persons: 0, in_band: 0, judged: 0 }, here = ui.state.communityAt.get(options.what);
    var norm = here === undefined ? ui.state.norm : ui.state.normOf(here); // a community may have a band of its own
    uids.forEach(function (uid) {
      var total = ui.totals(uid), band = ui.bandOf(uid);
      sums.households += total.households; sums.persons += total.persons;
      if (band !== "other") { sums.judged++; if (band === "in") sums.in_band++; }
    });
    sheet.textContent = "";
    [gk.el("h1", { text: options.title }),
      gk.el("p", { text: (here === undefined ? "" : ui.communityName(options.what) + " · ") + gk.say("print_sum", { grids: ui.number(sums.grids), households: ui.number(sums.households), persons: ui.number(sums.persons), in_band: ui.number(sums.in_band), judged: ui.number(sums.judged), low: norm.low, high: norm.high }) }),
      picture(box, size[0], size[1] - 34),
      gk.el("p", { class: "gk-note", text: gk.say("print_note", { scenario: byId("gk-scenario").value, edits: ui.session.lines.length, base: ui.state.base, moved: ui.number(ui.session.moved().households) }) })
    ].concat(options.table ? [table(uids)] : []).forEach(function (node) { sheet.appendChild(node); });
  }

  function ask() {
    var pairs = [["view", gk.words.print_view], ["all", gk.words.print_all]].concat(ui.state.communities.map(function (one) { return [one.code, (one.name ? one.name + " " : "") + one.code]; }));
    var here = ui.active ? ui.state.grids.get(ui.active).community : "view";
    var what = ui.select("gk-print-what", pairs, here, function () { /* read when confirmed */ }, gk.words.print_what);
    var paper = ui.select("gk-print-paper", [["A4", "A4"], ["A3", "A3"]], "A4", function () { /* read when confirmed */ }, gk.words.paper);
    var turn = ui.select("gk-print-turn", [["wide", gk.words.landscape], ["tall", gk.words.portrait]], "wide", function () { /* read when confirmed */ }, gk.words.orientation);
    var list = gk.el("input", { type: "checkbox", id: "gk-print-table", checked: "" });
    function named(word, node) { return gk.el("label", { class: "gk-field" }, [gk.el("span", { text: gk.words[word] }), node]); }
    ui.dialog(gk.words.print, [ui.field("gk-print-title", "print_title", gk.settings.title, { maxlength: "120" }), named("print_what", what), named("paper", paper), named("orientation", turn), gk.el("label", { class: "gk-tick" }, [list, gk.el("span", { text: gk.words.print_table })])], [
      [gk.words.print, function () {
        make({ title: byId("gk-print-title").value.trim() || gk.settings.title, what: what.value, paper: paper.value, wide: turn.value === "wide", table: list.checked });
        setTimeout(function () { window.print(); }, 50);
      }, true], [gk.words.cancel]]);
  }

  ui.startPrint = function () { byId("gk-print").addEventListener("click", ask); };
})();
