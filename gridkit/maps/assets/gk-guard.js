// What is put into the page as HTML, by Leaflet or by a plugin, may not send the reader elsewhere: a "refresh" works
// there without any script, and no policy forbids it. Scripts and requests are the matter of the policy.
(function () {
  "use strict";
  var unsafe = /<(?=\/?(?:meta|base|link)\b)/gi;

  function guard(kind, name) {
    var own = Object.getOwnPropertyDescriptor(kind.prototype, name);
    if (!own || !own.set) return;
    Object.defineProperty(kind.prototype, name, { configurable: true, enumerable: own.enumerable, get: own.get,
      set: function (text) { own.set.call(this, text === null ? text : String(text).replace(unsafe, "&lt;")); } });
  }

  guard(Element, "innerHTML");
  guard(Element, "outerHTML");
  var insert = Element.prototype.insertAdjacentHTML;
  Element.prototype.insertAdjacentHTML = function (where, text) {
    insert.call(this, where, String(text).replace(unsafe, "&lt;"));
  };
})();
