// What the page shows, in its address: #f=<code>&s=<statuses>&street=<code>&fill=<level>&list=<which>.
(function () {
  "use strict";
  var ready = false;

  // Writes the state into the address; what is as the page opens is left out.
  gk.writeAddress = function () {
    if (!ready) return;
    var state = gk.state, parts = [], chosen = state.selected;
    if (chosen) parts.push(["f", gk.levels[chosen.level].code[chosen.i]]);
    if (state.only.length) parts.push(["s", state.only.join(",")]);
    if (state.street !== null) parts.push(["street", state.street]);
    if (state.fill) parts.push(["fill", state.fill]);
    if (gk.listKind() !== gk.usualList()) parts.push(["list", gk.listKind()]);
    var text = parts.map(function (part) { return part[0] + "=" + encodeURIComponent(part[1]).replace(/%2C/g, ","); });
    try { // a page inside a notebook has no address of its own
      history.replaceState(null, "", text.length ? "#" + text.join("&") : location.pathname);
    } catch (error) { /* nothing to share */ }
  };

  function given() {
    var found = Object.create(null);
    location.hash.replace(/^#/, "").split("&").forEach(function (part) {
      var at = part.indexOf("=");
      if (at < 0) return;
      try { found[part.slice(0, at)] = decodeURIComponent(part.slice(at + 1)); } catch (error) { /* not ours */ }
    });
    return found;
  }

  // Takes the state from the address; what the page does not know is passed over.
  gk.readAddress = function () {
    var wish = given(), streets = gk.levels.street;
    var wanted = (wish.s || "").split(",");
    ready = false;
    gk.state.only = gk.statuses.filter(function (id) { return wanted.indexOf(id) >= 0; });
    var known = streets && wish.street !== undefined && (wish.street === "" || streets.at.has(wish.street));
    gk.state.street = known ? wish.street : null;
    gk.state.fill = wish.fill !== "compound" && wish.fill !== "defect" && gk.order.indexOf(wish.fill) >= 0 ? wish.fill : "";
    gk.showControls();
    gk.chooseList(wish.list);
    gk.refresh();
    var feature = wish.f ? gk.find(wish.f) : null;
    if (feature) gk.select(feature, { zoom: true });
    else {
      if (gk.state.selected) gk.select(null);
      if (known && wish.street) gk.zoomTo({ level: "street", i: streets.at.get(wish.street) });
    }
    ready = true;
  };
})();
