// The canvas tiles of the map, drawn in slices of time so that dragging and zooming stay smooth.
(function () {
  "use strict";
  var SLICE = 9; // milliseconds of drawing in one frame
  var FLUSH = 4; // steps after which a canvas is made to draw
  var jobs = [], frame = 0, board = null;

  // Canvas pixels per pixel of the page; more of them on paper.
  gk.ratio = function () { return gk.fine || Math.min(window.devicePixelRatio || 1, 2); };

  // Works for at most some milliseconds; returns whether all is done. Each job: {canvas, rank, steps, ctx(), end()}.
  function work(until) {
    while (jobs.length) {
      var job = jobs[0];
      var n = 0;
      do {
        if (job.steps.next().done) { jobs.shift(); job.end(); break; }
        // the browser only notes what is drawn; reading a pixel makes it draw, so that the time is spent here
        if (++n % FLUSH === 0) job.ctx().getImageData(0, 0, 1, 1);
      } while (performance.now() < until);
      if (performance.now() >= until) break;
    }
    return !jobs.length;
  }

  function tick() {
    frame = 0;
    if (!work(performance.now() + SLICE)) frame = requestAnimationFrame(tick);
    else if (gk.onDrawn) gk.onDrawn.forEach(function (tell) { tell(); });
  }

  function add(job) {
    jobs.push(job);
    if (jobs.length > 2) { // the nearest to the middle first; the one begun stays first
      var rest = jobs.slice(1).sort(function (a, b) { return a.rank - b.rank; });
      jobs = [jobs[0]].concat(rest);
    }
    if (!frame) frame = requestAnimationFrame(tick);
  }

  function drop(canvas) { jobs = jobs.filter(function (job) { return job.canvas !== canvas; }); }

  gk.onDrawn = []; // functions called when every tile stands
  gk.drawing = function () { return jobs.length > 0; };

  // One board for the tile that is being drawn; finished, it goes to the tile as a whole.
  function boardFor(wide, high) {
    if (!board) board = document.createElement("canvas");
    board.width = wide; board.height = high; // this also clears it
    return board.getContext("2d", { willReadFrequently: true });
  }

  gk.Tiles = L.GridLayer.extend({
    options: { noWrap: true, keepBuffer: 1, updateWhenIdle: false },

    onAdd: function (map) {
      this.on("tileunload", function (event) { drop(event.tile); });
      L.GridLayer.prototype.onAdd.call(this, map);
    },

    view: function (coords) {
      var size = this.getTileSize(), larger = !gk.fine && this._map && this._map.getZoom() > coords.z + 0.1 ? 1.25 : 1; // shown larger than drawn
      return { x: coords.x * size.x, y: coords.y * size.y, width: size.x, height: size.y, ratio: gk.ratio() * larger,
        scale: Math.pow(2, coords.z - gk.UNIT_ZOOM), radius: gk.radius(coords.z) };
    },

    createTile: function (coords, done) {
      var canvas = document.createElement("canvas"), size = this.getTileSize();
      canvas.style.width = size.x + "px"; canvas.style.height = size.y + "px";
      if (gk.fine) { // paper does not wait
        this.fresh(canvas, coords);
        setTimeout(function () { done(null, canvas); }, 0);
      } else this.queue(canvas, coords, function () { done(null, canvas); });
      return canvas;
    },

    fresh: function (canvas, coords) {
      var view = this.view(coords), ctx = canvas.getContext("2d");
      canvas.width = view.width * view.ratio; canvas.height = view.height * view.ratio;
      ctx.scale(view.ratio, view.ratio);
      for (var steps = (this.paint || gk.steps)(ctx, view); !steps.next().done;);
    },

    queue: function (canvas, coords, done) {
      var view = this.view(coords), middle = this._map.getPixelBounds(this._map.getCenter(), coords.z).getCenter();
      var dx = view.x + view.width / 2 - middle.x, dy = view.y + view.height / 2 - middle.y;
      var wide = Math.round(view.width * view.ratio), high = Math.round(view.height * view.ratio);
      var paint = this.paint || gk.steps; // a layer may be painted otherwise
      drop(canvas);
      add({ canvas: canvas, rank: dx * dx + dy * dy, ctx: function () { return board.getContext("2d"); }, end: function () {
        canvas.width = wide; canvas.height = high;
        canvas.getContext("2d").drawImage(board, 0, 0);
        done();
      }, steps: (function* () {
        var ctx = boardFor(wide, high);
        ctx.scale(view.ratio, view.ratio);
        yield* paint(ctx, view);
      })() });
    },

    // What stands stays until what replaces it is drawn; on paper everything is made anew at once.
    redraw: function () {
      if (!this._map) return this;
      if (gk.fine || this._fine) {
        this._fine = gk.fine;
        return L.GridLayer.prototype.redraw.call(this);
      }
      for (var key in this._tiles) {
        var tile = this._tiles[key];
        this.queue(tile.el, tile.coords, tile.loaded ? function () {} : this._tileReady.bind(this, tile.coords, null, tile.el));
      }
      return this;
    }
  });
})();
