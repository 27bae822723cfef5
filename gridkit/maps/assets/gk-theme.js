// Colours of the light and the dark map, patterns, and the small pictures of styles for legends and tables.
(function () {
  "use strict";
  var LIGHT = {
    ground: "#fbfbf9", outline: "#444444", broken: "#000000", faint: "#c9ccd1", mark: "#444444",
    text: "#14181f", dim: "#5d646e", halo: "rgba(255,255,255,.92)", edge: "rgba(255,255,255,.75)",
    border: { grid: "#8a8f98", community: "#5d646e", street: "#23272e" }, other: "#5d646e",
    stripe: "rgba(255,255,255,.85)", speck: "rgba(70,70,70,.75)", swap: {}
  };
  // The six hues on a dark ground, computed as those on white were: the smallest distance between any two, and to the
  // ground, under normal, protan, deutan and tritan sight is 18.2 (CIEDE2000, fills of 88 %).
  var DARK = {
    ground: "#15181d", outline: "#0b0d10", broken: "#ffffff", faint: "#3a4049", mark: "#e8eaee",
    text: "#f1f3f6", dim: "#b3bac4", halo: "rgba(16,18,22,.9)", edge: "rgba(12,14,18,.7)",
    border: { grid: "#7d8590", community: "#aab2bd", street: "#eef0f3" }, other: "#aab2bd",
    stripe: "rgba(255,255,255,.8)", speck: "rgba(235,238,242,.7)",
    swap: { "#122896": "#0f56fd", "#98c7f1": "#d4eef7", "#139d86": "#23bf8c", "#9362b7": "#ac9ac8", "#e83504": "#c6431d",
      "#e5e6e6": "#565b64", "#ffffff": "#15181d", // the more, the lighter:
      "#5c3a00": "#ffe3ad", "#7a4c05": "#f0c069", "#a8721b": "#d9a441", "#d9ae5f": "#8a6420", "#ead09a": "#6b4d1a", "#f3e2b8": "#574016",
      "#f9f1dc": "#453412" }
  };
  var patterns = {}, inks = {};

  gk.palette = function () { return gk.theme === "dark" ? DARK : LIGHT; };

  // The colour of a style on the ground of the theme.
  gk.colour = function (style) { return gk.palette().swap[style.color] || style.color; };

  function tile(name, color, ratio) {
    var canvas = document.createElement("canvas");
    canvas.width = canvas.height = 8 * ratio;
    var ctx = canvas.getContext("2d");
    ctx.scale(ratio, ratio);
    ctx.strokeStyle = ctx.fillStyle = color;
    ctx.lineWidth = 1.6;
    ctx.beginPath();
    if (name === "hatch") { [-8, 0, 8].forEach(function (d) { ctx.moveTo(d - 1, 9); ctx.lineTo(d + 9, -1); }); }
    if (name === "rows") { ctx.moveTo(0, 2); ctx.lineTo(8, 2); ctx.moveTo(0, 6); ctx.lineTo(8, 6); }
    if (name === "columns") { ctx.moveTo(2, 0); ctx.lineTo(2, 8); ctx.moveTo(6, 0); ctx.lineTo(6, 8); }
    if (name === "cross") { ctx.lineWidth = 0.6; ctx.moveTo(0, 0); ctx.lineTo(8, 8); ctx.moveTo(8, 0); ctx.lineTo(0, 8); }
    ctx.stroke();
    if (name === "dots") { [[2, 2], [6, 6]].forEach(function (p) {
      ctx.beginPath(); ctx.arc(p[0], p[1], 0.9, 0, 7); ctx.fill();
    }); }
    return canvas;
  }

  // How light a colour is, 0..1, roughly.
  function lightness(color) {
    var v = parseInt(color.slice(1), 16);
    return (0.3 * (v >> 16) + 0.59 * ((v >> 8) & 255) + 0.11 * (v & 255)) / 255;
  }

  // The ink of a style's pattern: stripes are light, unless the fill is the ground itself; dark on what is light at night.
  function ink(name, color) {
    var palette = gk.palette(), lines = name === "hatch" || name === "rows" || name === "columns";
    if (name === "hatch" && color === gk.colour({ color: "#ffffff" })) return gk.colour({ color: "#a8721b" });
    if (gk.theme === "dark" && color && lightness(color) > 0.55) return "rgba(21,24,29,.75)";
    return lines ? palette.stripe : palette.speck;
  }

  // A pattern of 8 x 8 pixels of the page, drawn as finely as the canvas is.
  gk.pattern = function (ctx, name, color, ratio) {
    var fine = Math.max(1, ratio || 1), stroke = ink(name, color), key = [name, stroke, fine].join(" ");
    if (!patterns[key]) patterns[key] = tile(name, stroke, fine);
    var pattern = ctx.createPattern(patterns[key], "repeat");
    if (fine !== 1) pattern.setTransform(new DOMMatrix([1 / fine, 0, 0, 1 / fine, 0, 0]));
    return pattern;
  };

  // Fills the path that the context holds with the colour and the pattern of a style.
  gk.fillWith = function (ctx, style, ratio) {
    var color = gk.colour(style);
    ctx.fillStyle = color;
    ctx.fill();
    if (!style.pattern) return;
    ctx.fillStyle = gk.pattern(ctx, style.pattern, color, ratio);
    ctx.fill();
  };

  // What single pixels of a style are: {size, data}, a square that repeats. alpha: 0..1.
  gk.ink = function (style, alpha, ratio) {
    var side = style.pattern ? Math.max(1, Math.round(8 * ratio)) : 1;
    var key = [gk.theme || "", gk.colour(style), style.pattern, alpha, side].join(" ");
    if (inks[key]) return inks[key];
    var canvas = document.createElement("canvas");
    canvas.width = canvas.height = side;
    var ctx = canvas.getContext("2d", { willReadFrequently: true });
    ctx.globalAlpha = alpha;
    ctx.beginPath();
    ctx.rect(0, 0, side, side);
    gk.fillWith(ctx, style, side / 8);
    return (inks[key] = { size: side, data: new Uint32Array(ctx.getImageData(0, 0, side, side).data.buffer) });
  };

  function picture(canvas) {
    var ctx = canvas.getContext("2d");
    ctx.setTransform(1, 0, 0, 1, 0, 0);
    ctx.clearRect(0, 0, canvas.width, canvas.height);
    ctx.scale(2, 2);
    ctx.beginPath();
    ctx.rect(0, 0, 22, 14);
    gk.fillWith(ctx, canvas.gkStyle, 2);
    ctx.strokeStyle = gk.theme === "dark" ? "#aab2bd" : "#444";
    ctx.strokeRect(0.5, 0.5, 21, 13);
    canvas.gkTheme = gk.theme;
  }

  // A small picture of a style for legends and tables.
  gk.swatch = function (style) {
    var canvas = document.createElement("canvas");
    canvas.width = 44; canvas.height = 28;
    canvas.className = "gk-swatch";
    canvas.gkStyle = style;
    picture(canvas);
    return canvas;
  };

  // Draws the pictures again that were made for another theme.
  gk.repaintSwatches = function () {
    document.querySelectorAll("canvas.gk-swatch").forEach(function (canvas) {
      if (canvas.gkStyle && canvas.gkTheme !== gk.theme) picture(canvas);
    });
  };
})();
