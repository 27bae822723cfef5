// Written by scripts/vendor_assets.py: the templates of leaflet-measure as functions, in the order
// in which it makes them. It would make them out of texts, which the policy of a page refuses.
var gkTemplates = (function () {
var made = [
function (numberFormat,_) {
return function(obj) {
obj || (obj = {});
var __t, __p = '';
with (obj) {
__p += '<a class="' +
((__t = ( model.className )) == null ? '' : __t) +
'-toggle js-toggle" href=# title="Measure distances and areas">Measure</a> <div class="' +
((__t = ( model.className )) == null ? '' : __t) +
'-interaction js-interaction"> <div class="js-startprompt startprompt"> <h3>Measure distances and areas</h3> <ul class=tasks> <a href=# class="js-start start">Create a new measurement</a> </ul> </div> <div class=js-measuringprompt> <h3>Measure distances and areas</h3> <p class=js-starthelp>Start creating a measurement by adding points to the map</p> <div class="js-results results"></div> <ul class="js-measuretasks tasks"> <li><a href=# class="js-cancel cancel">Cancel</a></li> <li><a href=# class="js-finish finish">Finish measurement</a></li> </ul> </div> </div> ';

}
return __p
}
},
function (numberFormat,_) {
return function(obj) {
obj || (obj = {});
var __t, __p = '', __j = Array.prototype.join;
function print() { __p += __j.call(arguments, '') }
with (obj) {
__p += '<div class=group> <p class="lastpoint heading">Last point</p> <p>' +
((__t = ( model.lastCoord.dms.y )) == null ? '' : __t) +
' <span class=coorddivider>/</span> ' +
((__t = ( model.lastCoord.dms.x )) == null ? '' : __t) +
'</p> <p>' +
((__t = ( numberFormat(model.lastCoord.dd.y, 6) )) == null ? '' : __t) +
' <span class=coorddivider>/</span> ' +
((__t = ( numberFormat(model.lastCoord.dd.x, 6) )) == null ? '' : __t) +
'</p> </div> ';
 if (model.pointCount > 1) { ;
__p += ' <div class=group> <p><span class=heading>Path distance</span> ' +
((__t = ( model.lengthDisplay )) == null ? '' : __t) +
'</p> </div> ';
 } ;
__p += ' ';
 if (model.pointCount > 2) { ;
__p += ' <div class=group> <p><span class=heading>Area</span> ' +
((__t = ( model.areaDisplay )) == null ? '' : __t) +
'</p> </div> ';
 } ;
__p += ' ';

}
return __p
}
},
function (numberFormat,_) {
return function(obj) {
obj || (obj = {});
var __t, __p = '';
with (obj) {
__p += '<h3>Point location</h3> <p>' +
((__t = ( model.lastCoord.dms.y )) == null ? '' : __t) +
' <span class=coorddivider>/</span> ' +
((__t = ( model.lastCoord.dms.x )) == null ? '' : __t) +
'</p> <p>' +
((__t = ( numberFormat(model.lastCoord.dd.y, 6) )) == null ? '' : __t) +
' <span class=coorddivider>/</span> ' +
((__t = ( numberFormat(model.lastCoord.dd.x, 6) )) == null ? '' : __t) +
'</p> <ul class=tasks> <li><a href=# class="js-zoomto zoomto">Center on this location</a></li> <li><a href=# class="js-deletemarkup deletemarkup">Delete</a></li> </ul> ';

}
return __p
}
},
function (numberFormat,_) {
return function(obj) {
obj || (obj = {});
var __t, __p = '';
with (obj) {
__p += '<h3>Linear measurement</h3> <p>' +
((__t = ( model.lengthDisplay )) == null ? '' : __t) +
'</p> <ul class=tasks> <li><a href=# class="js-zoomto zoomto">Center on this line</a></li> <li><a href=# class="js-deletemarkup deletemarkup">Delete</a></li> </ul> ';

}
return __p
}
},
function (numberFormat,_) {
return function(obj) {
obj || (obj = {});
var __t, __p = '';
with (obj) {
__p += '<h3>Area measurement</h3> <p>' +
((__t = ( model.areaDisplay )) == null ? '' : __t) +
'</p> <p>' +
((__t = ( model.lengthDisplay )) == null ? '' : __t) +
' Perimeter</p> <ul class=tasks> <li><a href=# class="js-zoomto zoomto">Center on this area</a></li> <li><a href=# class="js-deletemarkup deletemarkup">Delete</a></li> </ul> ';

}
return __p
}
}
], next = 0;
return function () { return made[next++]; };
})();
