// What the legend of geopandas wants of jQuery UI: that it can be moved with the mouse.
(function () {
  "use strict";
  jQuery.fn.draggable = function (options) {
    return this.each(function () {
      var box = this;
      box.addEventListener("mousedown", function (press) {
        if (options && options.start) options.start.call(box, press, {});
        var left = box.offsetLeft - press.clientX, top = box.offsetTop - press.clientY;
        function move(event) {
          box.style.left = left + event.clientX + "px";
          box.style.top = top + event.clientY + "px";
        }
        function drop() {
          document.removeEventListener("mousemove", move);
          document.removeEventListener("mouseup", drop);
        }
        document.addEventListener("mousemove", move);
        document.addEventListener("mouseup", drop);
        press.preventDefault();
      });
    });
  };
})();
