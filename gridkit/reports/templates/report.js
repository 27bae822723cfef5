"use strict";
(function () {
  const data = JSON.parse(document.getElementById("data").textContent), W = data.w, STEP = 200;
  const panel = document.getElementById("panel"), body = document.getElementById("panel-body");
  const title = document.getElementById("panel-title"), close = document.getElementById("panel-close");
  let opener = null;
  // Text only ever becomes text: whatever the files hold, nothing of it is parsed.
  function make(tag, text, name) {
    const node = document.createElement(tag);
    if (text !== undefined) node.textContent = text;
    if (name) node.className = name;
    return node;
  }
  function say(template, values) { return template.replace(/\{(\w+)\}/g, (all, key) => key in values ? String(values[key]) : all); }
  function comma(n) { return String(n).replace(/\B(?=(\d{3})+$)/g, ","); }
  function numbers(text) {
    const out = [];
    for (const part of text ? text.split(",") : []) {
      const [a, b] = part.split("-").map(Number);
      for (let i = a; i <= (b === undefined ? a : b); i++) out.push(i);
    }
    return out;
  }
  function places(thing) {
    const out = [], source = data.s[thing[4]];
    if (source) {
      const [name, tabular, fields] = source, row = thing[5];
      for (const [label, column] of fields) out.push([label, tabular ? `${name}!${column}${row}` : `${name}!${row}.${column}`]);
      if (!fields.length) out.push(["", `${name}!${row}`]);
    }
    return out;
  }
  function cells(thing, into, seen) {
    function add(label, cell) {
      if (seen.has(cell)) return;
      seen.add(cell);
      const item = make("li", label ? label + " " : "");
      item.append(make("span", cell, "c"));
      into.append(item);
    }
    for (const [label, cell] of places(thing)) add(label, cell);
    for (const next of thing[6]) {
      const other = data.t[next], item = make("li");
      item.append(make("b", W.through + " " + (other[2] || ident(other))));
      into.append(item);
      cells(other.slice(0, 6).concat([[], other[7]]), into, seen);
    }
    for (const cell of thing[7]) add("", cell);
    if (!into.children.length) into.append(make("li", W.none));
  }
  function ident(thing) { return thing[1] || (data.s[thing[4]] ? `${data.s[thing[4]][0]}!${thing[5]}` : ""); }
  function row(at) {
    const thing = data.t[at], button = make("button", thing[2] || ident(thing), "row"), list = make("ul", undefined, "cells");
    button.type = "button";
    button.dataset.id = ident(thing);
    const small = [data.k[thing[0]], thing[2] ? ident(thing) : "", thing[3] >= 0 ? data.st[thing[3]] : ""].filter(Boolean);
    button.append(make("small", small.join(" · ")));
    button.setAttribute("aria-expanded", "false");
    list.hidden = true;
    button.addEventListener("click", () => {
      if (!list.children.length) cells(thing, list, new Set());
      list.hidden = !list.hidden;
      button.setAttribute("aria-expanded", String(!list.hidden));
    });
    const box = document.createDocumentFragment();
    box.append(button, list);
    return box;
  }
  function list(indices, into) {
    let shown = 0;
    const more = make("button", W.more, "more");
    more.type = "button";
    function step() {
      const part = document.createDocumentFragment();
      for (const at of indices.slice(shown, shown + STEP)) part.append(row(at));
      shown += STEP;
      more.before(part);
      more.hidden = shown >= indices.length;
    }
    into.append(more);
    more.addEventListener("click", step);
    step();
  }
  function show(key) {
    const figure = data.f[key];
    if (!figure) return;
    const [name, number, ids, extra, records, made, where, total, weight] = figure, indices = numbers(ids);
    body.replaceChildren();
    title.textContent = (name ? name + " " : "") + (made.length ? "" : comma(number));
    if (made.length) {
      body.append(make("p", W.made, "note"));
      for (const part of made) {
        const line = make("p"), button = make("button", comma((data.f[part] || ["", 0])[1]), "f");
        button.type = "button";
        button.dataset.figure = part;
        line.append(make("span", (W[part.split("|").pop()] || part) + " "), button);
        body.append(line);
      }
    }
    if (indices.length) {
      body.append(make("p", say(weight ? W.sum : W.rows, {n: comma(total), figure: comma(number - extra), weight: weight}), "note"));
      if (total > indices.length) body.append(make("p", say(W.first, {n: comma(indices.length), total: comma(total), where: where}), "note"));
      list(indices, body);
    }
    const beside = numbers(records);
    if (beside.length) {
      body.append(make("p", extra ? say(W.extra, {n: comma(extra)}) : W.records, "note"));
      list(beside, body);
    }
    if (where) body.append(make("p", say(W.all, {where: where}), "note"));
    body.scrollTop = 0;
    panel.hidden = false;
  }
  function shut() {
    if (panel.hidden) return;
    panel.hidden = true;
    if (opener) { opener.setAttribute("aria-expanded", "false"); opener.focus({preventScroll: true}); opener = null; }
  }
  document.addEventListener("click", event => {
    const button = event.target.closest("button[data-figure]");
    if (!button) return;
    if (!panel.contains(button)) {
      if (opener) opener.setAttribute("aria-expanded", "false");
      opener = button;
      opener.setAttribute("aria-expanded", "true");
    }
    show(button.dataset.figure);
    close.focus({preventScroll: true});
  });
  close.addEventListener("click", shut);
  document.addEventListener("keydown", event => { if (event.key === "Escape") shut(); });
  document.body.classList.add("ready");
})();
