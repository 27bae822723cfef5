// The map as a picture: drawn anew by the same functions at A3 and 300 dpi, or as it is in view, with what a reader needs.
(function () {
  "use strict";
  var A3 = { width: 4961, height: 3508 }; // pixels: 420 x 297 mm at 300 dpi
  var FINE = 3, BLOCK = 256, SLICE = 24, EDGE = 20, SIDE = 300, HEAD = 60, CARDS = 52;
  var BLUE = "#0b57d0", RED = "#b3261e", PALE_RED = "#ff9a8f";
  var busy = false;

  function text(id) {
    var node = document.querySelector(id);
    return node && !node.hidden ? node.textContent.trim().replace(/\s+/g, " ") : "";
  }

  function pause() { return new Promise(function (done) { setTimeout(done, 0); }); }

  function Failure(word, values) {
    var error = new Error(gk.say(word, values));
    error.told = true;
    return error;
  }

  // A canvas of that size, or a message: browsers differ in what they can hold, and do not always say so.
  function sheet(wide, high) {
    var canvas = document.createElement("canvas"), size = { w: wide, h: high }, ctx = null;
    canvas.width = wide; canvas.height = high;
    try {
      ctx = canvas.getContext("2d", { willReadFrequently: true });
      ctx.fillStyle = gk.palette().ground;
      ctx.fillRect(0, 0, wide, high);
      if (ctx.getImageData(wide - 1, high - 1, 1, 1).data[3] === 255) return ctx;
    } catch (error) { /* said below */ }
    throw Failure("png_too_large", size);
  }

  // Where everything is, in pixels of the page (FINE of the picture are one of them).
  function layout(wish) {
    var size = gk.map.getSize(), out = { ratio: wish.a3 ? FINE : 2, foot: 26, a3: !!wish.a3 };
    var head = HEAD + (wish.a3 && cards().length ? CARDS : 0);
    out.width = wish.a3 ? A3.width / FINE : size.x + 2 * EDGE + SIDE;
    out.height = wish.a3 ? A3.height / FINE : size.y + 2 * EDGE + 60 + 26;
    out.map = { x: EDGE, y: EDGE + head, width: Math.floor(out.width - 2 * EDGE - SIDE), height: Math.floor(out.height - 2 * EDGE - head - out.foot) };
    out.view = wish.a3 ? whole(out.map) : inView(out.map);
    return out;
  }

  function viewAt(middle, scale, box) {
    var zoom = gk.UNIT_ZOOM + Math.log2(scale);
    return { x: middle.x * scale - box.width / 2, y: middle.y * scale - box.height / 2, width: box.width, height: box.height,
      scale: scale, radius: gk.radius(zoom), zoom: zoom };
  }

  function whole(box) {
    var b = gk.settings.bounds, a = gk.map.project(b[0], gk.UNIT_ZOOM), c = gk.map.project(b[1], gk.UNIT_ZOOM);
    var scale = Math.min((box.width - 24) / Math.max(1, Math.abs(c.x - a.x)), (box.height - 24) / Math.max(1, Math.abs(a.y - c.y)));
    return viewAt({ x: (a.x + c.x) / 2, y: (a.y + c.y) / 2 }, Math.min(scale, 1), box);
  }

  function inView(box) {
    return viewAt(gk.map.project(gk.map.getCenter(), gk.UNIT_ZOOM), Math.pow(2, gk.map.getZoom() - gk.UNIT_ZOOM), box);
  }

  // Runs steps in slices of time so that the page can be used meanwhile.
  async function run(ctx, steps, told) {
    var until = performance.now() + SLICE, n = 0;
    while (!steps.next().done) {
      if (++n % 4 === 0) ctx.getImageData(0, 0, 1, 1);
      if (performance.now() < until) continue;
      told();
      await pause();
      until = performance.now() + SLICE;
    }
  }

  function clipped(ctx, box, ratio) {
    ctx.save();
    ctx.setTransform(1, 0, 0, 1, Math.round(box.x * ratio), Math.round(box.y * ratio));
    ctx.beginPath();
    ctx.rect(0, 0, Math.round(box.width * ratio), Math.round(box.height * ratio));
    ctx.clip();
    ctx.scale(ratio, ratio);
  }

  // The map in blocks, then the names over all of it.
  async function drawMap(ctx, plan, told) {
    var box = plan.map, across = Math.ceil(box.width / BLOCK), down = Math.ceil(box.height / BLOCK);
    for (var k = 0; k < across * down; k++) {
      var x = k % across * BLOCK, y = Math.floor(k / across) * BLOCK;
      var part = { x: box.x + x, y: box.y + y, width: Math.min(BLOCK, box.width - x), height: Math.min(BLOCK, box.height - y) };
      clipped(ctx, part, plan.ratio);
      await run(ctx, gk.steps(ctx, Object.assign({}, plan.view, { x: plan.view.x + x, y: plan.view.y + y,
        width: part.width, height: part.height, ratio: plan.ratio })), told.bind(null, k / (across * down)));
      ctx.restore();
    }
    clipped(ctx, box, plan.ratio);
    await run(ctx, gk.nameSteps(ctx, Object.assign({}, plan.view, { ratio: plan.ratio }), plan.view.zoom), told.bind(null, 1));
    selected(ctx, plan.view);
    ctx.restore();
  }

  function selected(ctx, view) {
    var one = gk.state.selected;
    if (!one) return;
    [[gk.palette().ground, 7], [BLUE, 3.4]].forEach(function (pen) {
      ctx.beginPath();
      gk.trace(ctx, gk.levels[one.level], one.i, gk.viewOf(view));
      ctx.strokeStyle = pen[0]; ctx.lineWidth = pen[1]; ctx.stroke();
    });
  }

  // ---- around the map

  function write(ctx, words, at, style) {
    ctx.font = (style.weight || 400) + " " + style.size + "px " + gk.FONT;
    ctx.fillStyle = style.color || gk.palette().text;
    ctx.textAlign = style.align || "left"; ctx.textBaseline = "alphabetic";
    var said = words, letters = Array.from(words);
    while (letters.length > 1 && ctx.measureText(said).width > style.most) { letters.pop(); said = letters.join("") + "…"; }
    ctx.fillText(said, at.x, at.y);
    return ctx.measureText(said).width;
  }

  // Lines no wider than most; broken between any two letters, as Chinese is, else at a space.
  function lines(ctx, words, most) {
    var out = [], line = "";
    (words.match(/[\u0021-\u024f]+\s*|[^\u0021-\u024f]/gu) || []).forEach(function (piece) {
      if (line && ctx.measureText(line + piece).width > most) { out.push(line); line = ""; }
      line += piece;
    });
    return line ? out.concat(line) : out;
  }

  function head(ctx, plan) {
    var mark = text(".gk-mark"), most = plan.width - 2 * EDGE - 120, under = [text("#gk-shown"), text("#gk-scope")];
    var wide = write(ctx, text("h1") || document.title, { x: EDGE, y: EDGE + 24 }, { size: 24, weight: 600, most: most });
    write(ctx, under.filter(Boolean).join(" · "), { x: EDGE, y: EDGE + 48 }, { size: 13, color: gk.palette().dim, most: plan.width - 2 * EDGE });
    if (!mark) return;
    ctx.font = "400 14px " + gk.FONT;
    ctx.strokeStyle = gk.theme === "dark" ? PALE_RED : RED; ctx.lineWidth = 1;
    ctx.strokeRect(EDGE + wide + 14, EDGE + 6, ctx.measureText(mark).width + 14, 22);
    write(ctx, mark, { x: EDGE + wide + 21, y: EDGE + 22 }, { size: 14, color: gk.theme === "dark" ? PALE_RED : RED, most: 200 });
  }

  // The big figures of the page, which are those of the whole city: [[number, what it counts and its share]].
  function cards() {
    return Array.from(document.querySelectorAll("#gk-head .gk-figure"), function (card) {
      var share = card.querySelector("small"), label = card.querySelector("dt").textContent.trim();
      return [card.querySelector("b").textContent.trim(), label + (share ? " " + share.textContent.trim() : "")];
    });
  }

  function figures(ctx, plan) {
    var all = plan.a3 ? cards() : [], wide = (plan.width - 2 * EDGE) / Math.max(6, all.length);
    all.forEach(function (card, k) {
      var x = EDGE + k * wide;
      write(ctx, card[0], { x: x, y: EDGE + HEAD + 20 }, { size: 22, weight: 600, most: wide - 10 });
      write(ctx, card[1], { x: x, y: EDGE + HEAD + 38 }, { size: 12.5, color: gk.palette().dim, most: wide - 10 });
    });
  }

  // The rates in words, below the legend.
  function rates(ctx, plan, x, y, most) {
    if (!plan.a3) return;
    document.querySelectorAll("#gk-head .gk-rates > p").forEach(function (line) {
      if (!line.hidden && line.id !== "gk-scope") y = note(ctx, line.textContent.trim().replace(/\s+/g, " "), x, y, most);
    });
  }

  function foot(ctx, plan) {
    var words = Array.from(document.querySelectorAll("#gk-foot span"), function (node) { return node.textContent.trim(); }).filter(Boolean);
    var at = plan.height - EDGE + 4, room = plan.width - 2 * EDGE;
    ctx.font = "400 11.5px " + gk.FONT;
    var some = lines(ctx, words.join(" · "), room).slice(0, 2);
    some.forEach(function (line, k) {
      write(ctx, line, { x: EDGE, y: at - 15 * (some.length - 1 - k) }, { size: 11.5, color: gk.palette().dim, most: room });
    });
  }

  // Rows of the legend: [style, n, of how many].
  function statusRows() {
    var level = gk.levels.compound, rest = gk.state.rest, all = 0, counts = {};
    if (!level || !gk.state.show.compound) return [];
    var kinds = level.values("status");
    for (var i = 0; i < level.n; i++) {
      if (rest && rest.length && !rest[i]) continue;
      all++;
      counts[kinds.of[kinds.at[i]]] = (counts[kinds.of[kinds.at[i]]] || 0) + 1;
    }
    if (gk.comparedRows && gk.comparedRows()) return gk.comparedRows();
    return gk.settings.statuses.filter(function (style) { return !gk.state.only.length || gk.state.only.indexOf(style.id) >= 0; })
      .map(function (style) { return [style, counts[style.id] || 0, all]; });
  }

  function classRows() {
    var level = gk.levels[gk.state.fill], counts = {};
    if (!level) return [];
    var kinds = level.values(gk.state.fillColumn || "class");
    kinds.at.forEach(function (k) { counts[kinds.of[k]] = (counts[kinds.of[k]] || 0) + 1; });
    var styles = gk.indicator().classes.concat(kinds.of.map(function (id) { return gk.style[id]; }));
    return styles.filter(function (style, at) { return style && counts[style.id] && styles.indexOf(style) === at; })
      .map(function (style) { return [style, counts[style.id], level.n]; });
  }

  function legend(ctx, plan) {
    var x = plan.map.x + plan.map.width + 16, y = plan.map.y + 16, most = SIDE - 16;
    [["share_compounds", statusRows()], [gk.state.fill && "fill", classRows()]].forEach(function (group) {
      if (!group[1].length) return;
      var title = group[0] === "fill" ? gk.indicator().label : gk.comparedTitle && gk.comparedTitle() || gk.words[group[0]];
      write(ctx, title || "", { x: x, y: y }, { size: 14, weight: 600, most: most });
      y += 12;
      group[1].forEach(function (row) { y = legendRow(ctx, plan, row, { x: x, y: y, most: most }); });
      y += 30;
    });
    if (gk.levels.compound && gk.levels.compound.has("valid") && !(gk.comparedRows && gk.comparedRows())) y = note(ctx, gk.words.not_valid_line, x, y - 8, most);
    if (gk.levels[gk.state.fill] && gk.indicator().column === "class") y = note(ctx, gk.words.unknown_part, x, y, most);
    rates(ctx, plan, x, y + 8, most);
  }

  function legendRow(ctx, plan, row, at) {
    ctx.font = "400 12.5px " + gk.FONT;
    var some = lines(ctx, row[0].label, at.most - 120), high = Math.max(22, 16 * some.length + 6);
    ctx.save();
    ctx.translate(at.x, at.y + 4);
    ctx.beginPath();
    ctx.rect(0, 0, 24, 15);
    gk.fillWith(ctx, row[0], plan.ratio);
    ctx.strokeStyle = gk.palette().dim; ctx.lineWidth = 0.8;
    ctx.strokeRect(0, 0, 24, 15);
    ctx.restore();
    some.forEach(function (line, k) { write(ctx, line, { x: at.x + 32, y: at.y + 16 + 16 * k }, { size: 12.5, most: at.most - 110 }); });
    write(ctx, row[1] + "/" + row[2], { x: at.x + at.most, y: at.y + 16 }, { size: 12.5, weight: 600, align: "right", most: 100 });
    return at.y + high;
  }

  function note(ctx, words, x, y, most) {
    ctx.font = "400 11.5px " + gk.FONT;
    lines(ctx, words || "", most).forEach(function (line) {
      write(ctx, line, { x: x, y: y }, { size: 11.5, color: gk.palette().dim, most: most });
      y += 16;
    });
    return y + 6;
  }

  // A length that reads well, true in the middle of the map: Mercator stretches with the latitude.
  function scaleBar(ctx, plan) {
    var box = plan.map, view = plan.view, middle = gk.map.unproject([(view.x + view.width / 2) / view.scale, (view.y + view.height / 2) / view.scale], gk.UNIT_ZOOM);
    var meters = 40075016.686 * Math.cos(middle.lat * Math.PI / 180) / Math.pow(2, gk.UNIT_ZOOM + 8) / view.scale;
    var want = 140 * meters, ten = Math.pow(10, Math.floor(Math.log10(want))), size = [5, 2, 1].filter(function (n) { return n * ten <= want; })[0] * ten;
    var wide = size / meters, x = box.x + 14, y = box.y + box.height - 16;
    ctx.fillStyle = gk.palette().halo;
    ctx.fillRect(x - 6, y - 24, wide + 12, 32);
    ctx.strokeStyle = gk.palette().text; ctx.lineWidth = 1.6;
    ctx.beginPath();
    ctx.moveTo(x, y - 6); ctx.lineTo(x, y); ctx.lineTo(x + wide, y); ctx.lineTo(x + wide, y - 6);
    ctx.stroke();
    write(ctx, gk.roundMetres(size), { x: x + wide / 2, y: y - 9 }, { size: 12, align: "center", most: 200 });
  }

  function northArrow(ctx, plan) {
    var x = plan.map.x + plan.map.width - 28, y = plan.map.y + 16;
    ctx.beginPath();
    ctx.moveTo(x, y + 12); ctx.lineTo(x + 8, y + 38); ctx.lineTo(x, y + 32); ctx.lineTo(x - 8, y + 38); ctx.closePath();
    ctx.lineWidth = 4; ctx.lineJoin = "round"; ctx.strokeStyle = gk.palette().halo; ctx.stroke();
    ctx.fillStyle = gk.palette().text; ctx.fill();
    ctx.font = "600 13px " + gk.FONT; ctx.textAlign = "center";
    ctx.strokeText(gk.words.north, x, y + 8);
    write(ctx, gk.words.north, { x: x, y: y + 8 }, { size: 13, weight: 600, align: "center", most: 60 });
  }

  function blobOf(canvas) {
    return new Promise(function (done, fail) {
      try {
        canvas.toBlob(function (blob) {
          if (blob) done(blob); else fail(Failure("png_too_large", { w: canvas.width, h: canvas.height }));
        }, "image/png");
      } catch (error) { fail(error.name === "SecurityError" ? Failure("png_tainted", {}) : error); }
    });
  }

  // The picture as a Blob. wish: {a3: the whole city on A3, else what is in view; told: function (share done)}.
  gk.png = async function (wish) {
    var plan = layout(wish || {}), ctx = sheet(Math.round(plan.width * plan.ratio), Math.round(plan.height * plan.ratio));
    await pause();
    await drawMap(ctx, plan, (wish && wish.told) || function () {});
    ctx.scale(plan.ratio, plan.ratio);
    ctx.strokeStyle = gk.palette().dim; ctx.lineWidth = 1;
    ctx.strokeRect(plan.map.x, plan.map.y, plan.map.width, plan.map.height);
    [head, figures, foot, legend, scaleBar, northArrow].forEach(function (part) { part(ctx, plan); });
    await pause();
    return blobOf(ctx.canvas);
  };

  // ---- saving

  function say(words) {
    var box = document.getElementById("gk-png-say");
    if (!box) {
      box = gk.el("p", { id: "gk-png-say", role: "status" });
      gk.map.getContainer().appendChild(box);
    }
    box.textContent = words;
    box.hidden = !words;
  }

  function hasBase() { return !!document.querySelector(".leaflet-tile-pane img.leaflet-tile"); }

  gk.savePng = async function (wish) {
    if (busy) return;
    busy = true;
    try {
      var blob = await gk.png({ a3: wish.a3, told: function (share) { say(gk.say("png_working", { n: Math.round(90 * share) })); } });
      var url = URL.createObjectURL(blob), title = gk.say(wish.a3 ? "png_file_a3" : "png_file_view", { title: (text("h1") || "map").slice(0, 60) });
      var name = title.replace(/[\\/:*?"<>|\u0000-\u001f]+/g, " ").slice(0, 80).trim() + ".png";
      gk.el("a", { href: url, download: name }).click();
      setTimeout(function () { URL.revokeObjectURL(url); }, 60000);
      say(gk.say("png_done", { file: name }) + (hasBase() ? " " + gk.words.png_base : ""));
      setTimeout(function () { say(""); }, 6000);
    } catch (error) {
      say(error.told ? error.message : gk.say("png_failed", { what: String(error.message || error) }));
    } finally { busy = false; }
  };

  gk.onStart.push(function () {
    var icon = "M2 3h12v10H2zM2 11l4-4 3 3 2-2 3 3";
    gk.addTool({ id: "gk-png", word: "png_view", icon: icon, press: function () { gk.savePng({ a3: false }); } });
    gk.addTool({ id: "gk-png-a3", word: "png_a3", icon: icon, press: function () { gk.savePng({ a3: true }); } });
  });
})();
