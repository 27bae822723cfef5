// The redraw board put together: the session, the keyboard, the start.
(function () {
  "use strict";
  var board = gk.board, ui = board.ui, view = ui.view, byId = ui.byId, plan = null;

  // ---- the session

  function now() {
    var at = new Date(), off = -at.getTimezoneOffset(), two = function (n) { return String(Math.floor(n)).padStart(2, "0"); };
    var local = new Date(at.getTime() + off * 60000).toISOString().slice(0, 19);
    return local + (off < 0 ? "-" : "+") + two(Math.abs(off) / 60) + ":" + two(Math.abs(off) % 60);
  }

  function use(session) {
    ui.session = session;
    ui.state = session.state;
    session.on(changed);
  }

  // After every edit: only what it touched is drawn and reckoned again.
  function changed(what) {
    var cut = ui.state !== ui.session.state, whole = !what.atoms || what.what === "load" || what.what === "assignment";
    ui.state = ui.session.state;
    if (ui.active && !ui.state.grids.has(ui.active)) ui.active = "";
    if (whole || cut) { ui.forget(); ui.colour(); ui.redraw(); }
    else {
      ui.forget(what.grids);
      ui.redraw(ui.colourOf(what));
    }
    ui.panel();
    ui.toolChanged();
    ui.keepSoon();
    if (board.server && board.server.changed) board.server.changed(what);
    ui.onEdit.forEach(function (tell) { tell(what); });
  }

  // The plan as it was before the first edit.
  ui.restart = function () {
    use(board.session(Object.assign({}, gk.inflate(plan), { log: [] }), { now: now, user: gk.settings.user || "" }));
    changed({ what: "load" });
  };

  // ---- the keyboard

  function letterOf(event) {
    // a Chinese input method hides the letter, not the key
    var code = /^Key([A-Z])$/.exec(event.code || "");
    return /^[a-z]$/i.test(event.key) ? event.key.toLowerCase() : code ? code[1].toLowerCase() : "";
  }

  function typed(event) {
    if (!byId("gk-dialog").hidden) return;
    var tag = event.target.tagName, writing = tag === "TEXTAREA" || tag === "SELECT" || tag === "INPUT" && event.target.type !== "file";
    if (event.key === "Escape") { if (writing) event.target.blur(); if (!ui.cancel() && ui.active && !writing) ui.setActive(""); ui.toolChanged(); return; }
    if (event.ctrlKey || event.metaKey) { if (!writing && control(event)) event.preventDefault(); return; }
    if (writing || event.altKey || event.isComposing) return;
    if (event.key === " " && tag === "BUTTON" || event.key === "Enter" && tag === "BUTTON") return;
    if (plain(event)) event.preventDefault();
  }

  function control(event) {
    var letter = letterOf(event);
    if (letter === "z" && !event.shiftKey) ui.undo();
    else if (letter === "y" || letter === "z") ui.redo();
    else if (letter === "s") byId("gk-save").click();
    else return false;
    return true;
  }

  function plain(event) {
    var letter = letterOf(event), step = event.shiftKey ? 240 : 60, ways = { ArrowLeft: [step, 0], ArrowRight: [-step, 0], ArrowUp: [0, step], ArrowDown: [0, -step] };
    var onMap = document.activeElement === byId("gk-map") || document.activeElement === document.body;
    if (ways[event.key] && onMap) { view.pan(ways[event.key][0], ways[event.key][1]); ui.moveCross(); return true; }
    if (event.key === "+" || event.key === "=") view.zoom(1.4);
    else if (event.key === "-" || event.key === "_") view.zoom(1 / 1.4);
    else if (event.key === "0") view.fit(view.whole());
    else if (event.key === "?") ui.help();
    else if (event.key === "Enter") { if (!byId("gk-confirm").hidden) byId("gk-yes").click(); else if (ui.tool.busy && ui.tool.busy()) ui.tool.finish(); else if (onMap) ui.pressCross(); else return false; }
    else if (event.key === " " && onMap) ui.pressCross();
    else if (letter === "u" || letter === "o") byId("gk-next-" + (letter === "u" ? "unassigned" : "outside")).click();
    else {
      var name = letter && Object.keys(ui.tools).filter(function (one) { return ui.tools[one].key === letter; })[0];
      if (!name || event.repeat) return false;
      ui.setTool(name);
    }
    return true;
  }

  function dropping() {
    document.addEventListener("dragover", function (event) { event.preventDefault(); byId("gk-drop").hidden = false; });
    document.addEventListener("dragleave", function (event) { if (!event.relatedTarget) byId("gk-drop").hidden = true; });
    document.addEventListener("drop", function (event) {
      event.preventDefault();
      byId("gk-drop").hidden = true;
      if (event.dataTransfer && event.dataTransfer.files.length) ui.openFile(event.dataTransfer.files[0]);
    });
  }

  // ---- the start

  board.start = function () {
    try {
      gk.settings = JSON.parse(byId("gk-settings").textContent);
      gk.words = gk.settings.words;
      plan = byId("gk-plan").textContent;
      use(board.session(gk.inflate(plan), { now: now, user: gk.settings.user || "" }));
    } catch (error) {
      document.body.appendChild(gk.el("p", { class: "gk-noscript", text: "gridkit: " + error.message + (error.reason ? " " + error.reason : "") }));
      throw error;
    }
    ui.atom = -1;
    view.index();
    view.resize();
    ui.startPaint();
    ui.colour();
    [ui.startDialogs, ui.startBar, ui.startPanel, ui.startChanges, ui.startTools, ui.startPrint].forEach(function (start) { start(); });
    ui.tool = ui.tools.pick;
    ui.startScenarios();
    view.fit(view.whole(), 20);
    ui.setTool("pick");
    ui.panel();
    document.addEventListener("keydown", typed);
    dropping();
    var before = "";
    new ResizeObserver(function () {
      var size = byId("gk-map").getBoundingClientRect(), said = size.width + "x" + size.height;
      if (said === before) return;
      if (view.resize() && !before) view.fit(view.whole(), 20);
      if (ui.swipe >= 0) ui.setSwipe(true);
      before = said;
    }).observe(byId("gk-map"));
    (board.onStart || []).forEach(function (tell) { tell(); });
    document.body.classList.add("gk-ready");
    byId("gk-map").focus({ preventScroll: true }); // what is hidden takes no focus
    setTimeout(ui.warm, 300);
  };
})();
