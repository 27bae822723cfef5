// A table of any length of which only the rows in view exist; walked with the keyboard, sorted by its heads.
(function () {
  "use strict";
  var SPARE = 8; // rows drawn above and below the view
  var LEAST = 24; // rows drawn where the height is not known

  // Places of `rows` (feature numbers) in the order of `key`, a function or an array of numbers; missing ones last.
  function sorted(rows, key, down) {
    var out = Array.from(rows), sign = down ? -1 : 1;
    return Int32Array.from(out.sort(function (a, b) {
      var x = key[a], y = key[b];
      if (x === y || (x !== x && y !== y)) return a - b;
      if (x !== x) return 1;
      if (y !== y) return -1;
      return x < y ? -sign : sign;
    }));
  }

  // Rank of each feature by its text in the order of the page's language; empty text is missing.
  gk.ranks = function (level, column) {
    var made = level.ranks = level.ranks || {};
    if (made[column]) return made[column];
    var coded = gk.coded(level, column), order = Array.from(coded.of.keys()), rank = new Float64Array(coded.of.length);
    var by = window.Intl && Intl.Collator ? new Intl.Collator(document.documentElement.lang || "zh", { numeric: true }).compare
      : function (a, b) { return a < b ? -1 : a > b ? 1 : 0; };
    var text = coded.of.map(function (value) { return gk.columnText(level, column, value); });
    order.sort(function (a, b) { return by(text[a], text[b]); });
    order.forEach(function (k, at) { rank[k] = text[k] ? at : NaN; });
    return (made[column] = Float64Array.from(coded.at, function (k) { return rank[k]; }));
  };

  // columns: [{id, text, cell: function (i) -> node or text, key: function () -> numbers, class}]
  function Table(parent, options) {
    var self = this;
    this.options = options;
    this.rows = new Int32Array(0);
    this.active = -1;
    this.high = 40;
    this.sort = { id: null, down: false };
    this.head = gk.el("thead");
    this.body = gk.el("tbody");
    this.table = gk.el("table", { role: "grid", tabindex: "0", id: "gk-table", "aria-label": options.label,
      on: { keydown: function (event) { self.keys(event); } } }, [this.head, this.body]);
    this.tall = gk.el("div", { class: "gk-tall" }, [this.table]);
    this.box = gk.el("div", { class: "gk-scroll gk-window" }, [this.tall]);
    this.waiting = 0;
    this.box.addEventListener("scroll", function () {
      if (!self.waiting) self.waiting = requestAnimationFrame(function () { self.waiting = 0; self.draw(); });
    });
    window.addEventListener("resize", function () { self.draw(); });
    parent.appendChild(this.box);
  }

  // Shows rows (feature numbers in their usual order) of a level with these columns.
  Table.prototype.show = function (level, columns, rows) {
    var same = this.level === level;
    this.level = level;
    this.columns = columns;
    this.plain = rows;
    if (!same) this.sort = { id: null, down: false };
    this.heads();
    this.arrange();
    this.box.scrollTop = 0;
    this.draw(true);
  };

  Table.prototype.arrange = function () {
    var id = this.sort.id, column = this.columns.filter(function (one) { return one.id === id; })[0];
    this.rows = column ? sorted(this.plain, column.key(), this.sort.down) : this.plain;
    this.active = -1;
    this.table.removeAttribute("aria-activedescendant");
    this.table.setAttribute("aria-rowcount", String(this.rows.length + 1));
  };

  Table.prototype.heads = function () {
    var self = this;
    this.head.textContent = "";
    this.head.appendChild(gk.el("tr", { "aria-rowindex": "1" }, this.columns.map(function (column) {
      var on = self.sort.id === column.id;
      var button = gk.el("button", { type: "button", "data-sort": column.id, title: gk.words.sort_by, on: { click: function () {
        self.sortBy(column.id);
      } } }, [gk.el("span", { text: column.text }), gk.el("i", { "aria-hidden": "true", text: on ? (self.sort.down ? "▼" : "▲") : "" })]);
      return gk.el("th", { scope: "col", class: column.class || "", "aria-sort": on ? (self.sort.down ? "descending" : "ascending") : "none" }, [button]);
    })));
  };

  // Sorts by a column, the other way round at the second press, as at first at the third.
  Table.prototype.sortBy = function (id) {
    var had = this.head.contains(document.activeElement);
    if (this.sort.id !== id) this.sort = { id: id, down: false };
    else if (!this.sort.down) this.sort = { id: id, down: true };
    else this.sort = { id: null, down: false };
    this.heads();
    this.arrange();
    this.box.scrollTop = 0;
    this.draw(true);
    if (had) this.head.querySelector('[data-sort="' + id + '"]').focus();
  };

  Table.prototype.row = function (k) {
    var i = this.rows[k], self = this, level = this.level;
    return gk.el("tr", { id: "gk-row-" + k, "data-code": level.code[i], "aria-rowindex": String(k + 2),
      "aria-selected": "false", on: { click: function () {
        self.mark(k);
        self.options.open(i);
      } } }, this.columns.map(function (column) {
      var value = column.cell(i);
      return gk.el("td", { class: column.class || "" }, typeof value === "string" ? [document.createTextNode(value)] : value);
    }));
  };

  // Draws the rows in view; where they stand already only the chosen one changes, so that a click finds its row.
  Table.prototype.draw = function (fresh) {
    if (!this.level || !document.body.contains(this.table)) return;
    var n = this.rows.length, high = this.high, view = this.box.clientHeight;
    var most = view ? Math.ceil(view / high) + 2 * SPARE : LEAST;
    var first = Math.max(0, Math.min(Math.floor(this.box.scrollTop / high) - SPARE, n - most)), last = Math.min(n, first + most);
    if (!fresh && this.drawn && this.drawn[0] === first && this.drawn[1] === last) { this.point(); return; }
    this.drawn = [first, last];
    this.tall.style.height = n * high + this.head.offsetHeight + "px";
    this.tall.style.paddingTop = first * high + "px";
    this.body.textContent = "";
    for (var k = first; k < last; k++) this.body.appendChild(this.row(k));
    var real = this.body.firstElementChild ? this.body.firstElementChild.getBoundingClientRect().height : 0;
    if (real > 8 && Math.abs(real - high) > 0.2) { this.high = real; this.draw(true); return; }
    this.point();
  };

  Table.prototype.point = function () {
    var node = document.getElementById("gk-row-" + this.active), before = this.body.querySelector("[aria-selected=true]");
    if (before) before.setAttribute("aria-selected", "false");
    if (node && this.active >= 0) node.setAttribute("aria-selected", "true");
    if (node && this.active >= 0) this.table.setAttribute("aria-activedescendant", node.id);
    else this.table.removeAttribute("aria-activedescendant");
  };

  // Makes row k the one that the keyboard stands on, in view.
  Table.prototype.mark = function (k) {
    this.active = k;
    var head = this.head.offsetHeight, top = k * this.high, view = this.box.clientHeight - head;
    if (k >= 0 && view > 0) {
      if (top < this.box.scrollTop) this.box.scrollTop = top;
      else if (top + this.high > this.box.scrollTop + view) this.box.scrollTop = top + this.high - view;
    }
    this.draw();
  };

  Table.prototype.go = function (k) {
    if (!this.rows.length) return;
    this.mark(Math.max(0, Math.min(this.rows.length - 1, k)));
    this.options.walk(this.rows[this.active]);
  };

  Table.prototype.keys = function (event) {
    if (event.target !== this.table) return;
    var page = Math.max(1, Math.floor((this.box.clientHeight - this.head.offsetHeight) / this.high) - 1);
    var k = this.active < 0 ? Math.ceil(this.box.scrollTop / this.high) - 1 : this.active;
    var to = { ArrowDown: k + 1, ArrowUp: k - 1, PageDown: k + page, PageUp: k - page, Home: 0, End: this.rows.length - 1 }[event.key];
    if (event.ctrlKey || event.altKey || event.metaKey) return;
    if (event.key === "Enter" || event.key === " ") {
      event.preventDefault();
      if (this.active >= 0) this.options.open(this.rows[k]);
    } else if (to !== undefined) {
      event.preventDefault();
      this.go(to);
    }
  };

  // Stands on the row of feature i, if it is in the table.
  Table.prototype.find = function (i) {
    if (this.active >= 0 && this.rows[this.active] === i) return;
    this.mark(this.rows.indexOf(i));
  };

  gk.makeTable = function (parent, options) { return new Table(parent, options); };
})();
