// What the page shows, in its address: #<zoom>/<lat>/<lon>&f=<code>&s=<statuses>&street=<code>&type=<kind>
// &party=<name>&q=<words>&fill=<level>&list=<which> and what gk.kept adds; what is as the page opens is left out.
(function () {
  "use strict";
  var ready = false, home = null, later = 0;
  var PAUSE = 250; // ms after the last move of the map

  function view() {
    var at = gk.map.getCenter();
    return gk.map.getZoom() + "/" + at.lat.toFixed(5) + "/" + at.lng.toFixed(5);
  }

  // The map as it opened; a frame that grows by a pixel moves the centre by half of one, and nobody has moved the map.
  function isHome() {
    var zoom = gk.map.getZoom();
    if (zoom !== home.zoom) return false;
    return gk.map.project(gk.map.getCenter(), zoom).distanceTo(gk.map.project(home.centre, zoom)) < 2;
  }

  // Writes the state into the address.
  gk.writeAddress = function () {
    if (!ready || location.protocol === "about:") return;
    var state = gk.state, parts = [], chosen = state.selected;
    if (chosen) parts.push(["f", gk.levels[chosen.level].code[chosen.i]]);
    if (state.only.length) parts.push(["s", state.only.join(",")]);
    if (state.street !== null) parts.push(["street", state.street]);
    if (state.type !== null) parts.push(["type", state.type]);
    if (state.party) parts.push(["party", state.party]);
    if (state.q) parts.push(["q", state.q]);
    if (state.fill) parts.push(["fill", state.fill]);
    gk.kept.forEach(function (one) { if (one.get()) parts.push([one.key, one.get()]); });
    if (gk.listKind() !== gk.usualList()) parts.push(["list", gk.listKind()]);
    var text = parts.map(function (part) { return part[0] + "=" + encodeURIComponent(part[1]).replace(/%2C/g, ",").replace(/%3A/g, ":"); });
    if (!isHome()) text.unshift(view());
    try { // a page inside a notebook has no address of its own
      history.replaceState(null, "", text.length ? "#" + text.join("&") : location.href.replace(/#.*$/, ""));
    } catch (error) { /* nothing to share */ }
  };

  function given() {
    var found = Object.create(null);
    location.hash.replace(/^#/, "").split("&").forEach(function (part) {
      var at = part.indexOf("=");
      if (at < 0) { if (/^\d/.test(part)) found.view = part; return; }
      try { found[part.slice(0, at)] = decodeURIComponent(part.slice(at + 1)); } catch (error) { /* not ours */ }
    });
    return found;
  }

  function place(text) {
    var at = (text || "").split("/").map(Number);
    return at.length === 3 && at.every(isFinite) && Math.abs(at[1]) <= 85 && Math.abs(at[2]) <= 540 ? at : null;
  }

  function known(level, column, value) { return value !== undefined && level && gk.has(level, column) && gk.coded(level, column).of.indexOf(value) >= 0; }

  function take(wish) {
    var state = gk.state, streets = gk.levels.street, compound = gk.levels.compound, wanted = (wish.s || "").split(",");
    gk.kept.forEach(function (one) { one.take(wish[one.key] || ""); });
    state.only = gk.statuses.filter(function (id) { return wanted.indexOf(id) >= 0; });
    var street = streets && wish.street !== undefined && (wish.street === "" || streets.at.has(wish.street));
    state.street = street ? wish.street : null;
    state.type = known(compound, "type", wish.type) ? wish.type : null;
    state.party = gk.has(compound, "unit") || gk.has(compound, "company") ? wish.party || "" : "";
    state.q = compound ? wish.q || "" : "";
    var fills = Array.from(document.getElementById("gk-fill").options, function (option) { return option.value; });
    state.fill = fills.indexOf(wish.fill) >= 0 ? wish.fill : "";
  }

  // Takes the state from the address; what the page does not know is passed over, but an unknown code is said.
  gk.readAddress = function () {
    var wish = given(), at = place(wish.view), feature = wish.f ? gk.find(wish.f) : null;
    ready = false;
    take(wish);
    gk.showFill();
    gk.setList(wish.list);
    gk.refresh();
    if (at) gk.map.setView([at[1], at[2]], at[0], { animate: false });
    if (feature) gk.select(feature, { zoom: !at });
    else {
      if (gk.state.selected) gk.select(null);
      var i = gk.state.street === null || at ? undefined : gk.levels.street.at.get(gk.state.street);
      if (i !== undefined) gk.zoomTo({ level: "street", i: i });
      if (wish.f) {
        gk.showUnknown(wish.f);
        gk.showTab("gk-details");
      }
    }
    ready = true;
  };

  // Reads the address, and from then on keeps it.
  gk.followAddress = function () {
    home = { zoom: gk.map.getZoom(), centre: gk.map.getCenter() };
    gk.readAddress();
    window.addEventListener("hashchange", gk.readAddress);
    gk.map.on("moveend", function () {
      clearTimeout(later);
      later = setTimeout(gk.writeAddress, PAUSE);
    });
  };
})();
