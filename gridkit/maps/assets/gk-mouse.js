// A field with the coordinates under the pointer, with the options that folium's MousePosition sets.
(function () {
  "use strict";
  L.Control.MousePosition = L.Control.extend({
    options: { position: "bottomleft", separator: " : ", emptyString: "Unavailable", lngFirst: false, numDigits: 5,
      lngFormatter: undefined, latFormatter: undefined, prefix: "" },

    onAdd: function (map) {
      this._container = L.DomUtil.create("div", "leaflet-control-mouseposition");
      L.DomEvent.disableClickPropagation(this._container);
      map.on("mousemove", this._show, this);
      this._container.textContent = this.options.emptyString;
      return this._container;
    },

    onRemove: function (map) { map.off("mousemove", this._show, this); },

    _show: function (event) {
      var own = this.options, at = event.latlng.wrap();
      var lng = own.lngFormatter ? own.lngFormatter(at.lng) : L.Util.formatNum(at.lng, own.numDigits);
      var lat = own.latFormatter ? own.latFormatter(at.lat) : L.Util.formatNum(at.lat, own.numDigits);
      this._container.textContent = own.prefix + " " + (own.lngFirst ? lng + own.separator + lat : lat + own.separator + lng);
    }
  });
  L.control.mousePosition = function (options) { return new L.Control.MousePosition(options); };
})();
