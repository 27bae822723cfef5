// What a search finds is text, not HTML.
(function () {
  "use strict";
  L.Control.Search.mergeOptions({ buildTip: function (text) {
    var tip = document.createElement("li");
    tip.textContent = text;
    return tip;
  } });
})();
