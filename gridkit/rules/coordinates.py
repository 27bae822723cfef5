"""Rules S170-S179: coordinates in a wrong system."""

from __future__ import annotations

from gridkit.locale import N_
from gridkit.rules.rule import Rule

_SHIFTED = N_(
    "Public reconstruction of the shifts of Chinese map services (GCJ-02, BD-09); the datum is judged by where the "
    "features lie, and is never corrected unasked"
)
_AXES = N_(
    "Surveying practice in China: x is the northing and the number before an easting is its zone; in China no latitude "
    "can be a longitude"
)
_DIGITS = N_("Arithmetic: five decimals of a degree are about one metre, two decimals about one kilometre")
_CONTROL = N_(
    "Surveying practice: without public parameters only points known in both systems lead from an old system to "
    "CGCS2000"
)


def _rule(code: str, name: str, severity: str, source: str, *texts: str, **variants: str) -> Rule:
    title, sentence, remedy = (*texts, "")[:3]
    return Rule(code, name, severity, title, sentence, source, remedy, variants=variants)


RULES: tuple[Rule, ...] = (
    _rule(
        "S170", "datum-of-a-map-service", "error", _SHIFTED,
        N_("Coordinates of a map service that nothing says"),
        N_(
            "the numbers seem to be {crs}: in the right place in {layer:table} lie {same} % of {n} as they stand, "
            "{gcj} % with GCJ-02 undone, {bd} % with BD-09 undone ({rgcj} % if {layer:table} held GCJ-02, {rbd} % if "
            "it held BD-09); if so, write {line}"
        ),
        N_("ask where the coordinates come from, and state it"),
        pairs=N_(
            "the numbers seem to be {crs}: within 100 m of the same name in {layer:table} lie {same} % of {n} as they "
            "stand, {gcj} % with GCJ-02 undone, {bd} % with BD-09 undone ({rgcj} % if {layer:table} held GCJ-02, "
            "{rbd} % if it held BD-09); if so, write {line}"
        ),
    ),
    _rule(
        "S171", "datum-contradicted", "error", _SHIFTED,
        N_("Stated coordinate system contradicts the numbers"),
        N_(
            "{crs} is stated, but the numbers seem to be {value:datum}: in the right place in {layer:table} lie "
            "{same} % of {n} if they are taken as CGCS2000, {gcj} % with GCJ-02 undone, {bd} % with BD-09 undone; "
            "either this is not {crs}, or {layer:table} is not where it says"
        ),
        N_("correct crs in gridkit.toml, of this layer or of the one it is compared with"),
    ),
    _rule(
        "S172", "datum-not-told", "warning", _SHIFTED,
        N_("Datum cannot be told"),
        N_(
            "nothing states the coordinate system, and the data cannot tell it: in the right place in {layer:table} "
            "lie {same} % of {n} as they stand, {gcj} % with GCJ-02 undone, {bd} % with BD-09 undone"
        ),
        N_("ask where the coordinates come from, and state it"),
        better=N_(
            "nothing states the coordinate system, and the data do not decide it, but {crs} fits better than the "
            "numbers as they stand: in the right place in {layer:table} lie {same} % of {n} as they stand, {gcj} % "
            "with GCJ-02 undone, {bd} % with BD-09 undone ({rgcj} % if {layer:table} held GCJ-02, {rbd} % if it held "
            "BD-09); ask, and try {line}"
        ),
    ),
    _rule(
        "S173", "constant-shift", "warning", _SHIFTED,
        N_("Everything lies off by the same distance"),
        N_(
            "the whole lies {distance_m} m off {layer:table} ({east} m to the east, {north} m to the north, negative: "
            "west, south): no map service shifts so; this points to Beijing 1954, Xi'an 1980 or a local system"
        ),
        N_('ask which of the two is in an old system, and give control points: control = "control.csv" at the layer'),
    ),
    _rule(
        "S174", "axes-swapped", "warning", _AXES,
        N_("Longitude and latitude are swapped"),
        N_(
            "in {n} row(s) longitude and latitude are exchanged: the latitude stands in column {header}, the longitude "
            "in column {column}; the rows are kept without a place"
        ),
        N_("exchange the two cells of these rows; in China longitudes are 73-136, latitudes 3-54"),
        columns=N_(
            "in {n} row(s), most of the table, longitude and latitude are exchanged: the latitude stands in column "
            "{header}, the longitude in column {column}; the rows are kept without a place; if all rows are so, write "
            "{line}"
        ),
    ),
    _rule(
        "S175", "metres-or-wrong-zone", "warning", _AXES,
        N_("Metres, or another zone"),
        N_("{header:field} holds metres where degrees belong ({n} row(s)): {line}"),
        N_("convert them to degrees, or state the zone"),
        zone=N_(
            "the layer lies {distance_m} km away from the other layers, and beside them if its eastings are taken to "
            "be those of {crs}: write {line}"
        ),
    ),
    _rule(
        "S176", "too-few-decimals", "warning", _DIGITS,
        N_("Coordinates have too few decimals"),
        N_("all coordinates have at most {decimals} decimal(s): places are known to {step} m only"),
        N_("export them again with at least 6 decimals of a degree, or whole centimetres"),
        size=N_(
            "all coordinates have at most {decimals} decimal(s): places are known to {step} m only, where a feature is "
            "{size} m wide"
        ),
    ),
    _rule(
        "S177", "degrees-with-minutes", "notice", _AXES,
        N_("Degrees with minutes and seconds"),
        N_("{header:field}: {n} cell(s) with degrees, minutes and seconds were read as decimal degrees"),
    ),
    _rule(
        "S178", "control-points-used", "notice", _CONTROL,
        N_("Layer was transformed with control points"),
        N_(
            "{n} feature(s) were brought to CGCS2000 with {kind} parameters fitted to {points} control points; root "
            "mean square of the residuals {rms} m; residuals: {text}"
        ),
        N_("compare the residuals with the accuracy of the points"),
        bare=N_(
            "{n} feature(s) were brought to CGCS2000 with {kind} parameters fitted to {points} control points, which "
            "are just enough: nothing checks them"
        ),
    ),
    _rule(
        "S179", "control-point-off", "warning", _CONTROL,
        N_("Control point does not fit"),
        N_("control point {ident} misses by {distance_m} m; without it the others fit at least three times better"),
        N_("check the two pairs of coordinates of this point"),
        rough=N_("the control points fit to {rms} m only, which is more than {limit} m"),
    ),
)  # fmt: skip
