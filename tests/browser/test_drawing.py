"""What the canvas shows at known places: colours, patterns, holes, borders, seams, pictures."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import pytest
from shapely.geometry import LineString, MultiPolygon, Point, Polygon, box

from gridkit.maps import coverage_map
from gridkit.maps.codec import encode_levels
from gridkit.maps.coverage_map import CoverageView
from gridkit.maps.features import features
from tests import tiny
from tests.maps import sample

pytestmark = pytest.mark.browser

OWN, JOINT, UNIT, GAP = (0x12, 0x28, 0x96), (0x98, 0xC7, 0xF1), (0x13, 0x9D, 0x86), (0xE8, 0x35, 0x04)
ALPHA = 0.88
STRIPE = 215
"""At least this light is a stripe or the ground, in every channel."""


def nested(x, y):
    """A frame with an island in its hole, and a hole in the island."""
    outer, hole = box(x, y, x + 0.012, y + 0.012), box(x + 0.002, y + 0.002, x + 0.010, y + 0.010)
    island, inner = box(x + 0.004, y + 0.004, x + 0.008, y + 0.008), box(x + 0.005, y + 0.005, x + 0.007, y + 0.007)
    return MultiPolygon([outer.difference(hole), island.difference(inner)])


def bow(x, y):
    """Two triangles that touch at one point, as one ring."""
    ring = [(0, 0), (2, 2), (4, 0), (4, 4), (2, 2), (0, 4)]
    return Polygon([(x + 0.002 * a, y + 0.002 * b) for a, b in ring])


def further():
    shapes = {
        "line": LineString([(105.1, 39.7), (105.12, 39.7)]),
        "point": Point(105.15, 39.7),
        "bow": bow(105.2, 39.7),
        "nested": nested(105.3, 39.7),
        "dateline": box(179.98, 39.69, 180.02, 39.71),
        "abroad": box(-74.01, 40.70, -73.99, 40.72),
    }
    columns = {"name": list(shapes), "class": ["full"] * len(shapes)}
    return gpd.GeoDataFrame(columns, index=list(shapes), geometry=list(shapes.values()), crs="EPSG:4490")


def city():
    made = tiny.city([tiny.registry("branches", sample.BRANCHES)])
    frame = made.layers["compound"].frame.copy()
    frame.loc["a1", "geometry"] = tiny.square(40, 40, 60).difference(tiny.square(60, 60, 20))
    return made.with_layers(compound=type(made.layers["compound"])("compound", frame))


@pytest.fixture(scope="module")
def page(browser, tmp_path_factory):
    """One page for all: the tiny city, a1 with a hole, and a level of shapes that are hard to draw."""
    path = tmp_path_factory.mktemp("drawing") / "map.html"
    run = sample.run(city(), language="en")
    grid_map = coverage_map(run)
    view = next(child for child in grid_map._children.values() if isinstance(child, CoverageView))
    view.data = encode_levels({"further": further(), **features(run)})
    grid_map.save(path)
    context = browser.new_context(viewport={"width": 1200, "height": 800})
    context.set_default_timeout(10_000)
    opened = context.new_page()
    errors = []
    opened.on("pageerror", lambda error: errors.append(str(error)))
    opened.goto(path.as_uri())
    opened.wait_for_selector("body.gk-ready")
    yield opened
    assert errors == []
    context.close()


@pytest.fixture(autouse=True)
def as_it_was(page):
    yield
    page.evaluate("""() => { gk.theme = "light"; gk.state.on.fill(1); gk.state.fill = ""; gk.state.selected = null;
        for (const name in gk.state.show) gk.state.show[name] = name !== "defect"; }""")


PAINT = """([code, scale, side, shift, only]) => {
    const one = gk.find(code), level = gk.levels[one.level], canvas = document.createElement("canvas");
    const middle = [level.label[2 * one.i] + shift[0] / scale, level.label[2 * one.i + 1] + shift[1] / scale];
    canvas.width = canvas.height = side;
    if (only) for (const name in gk.state.show) gk.state.show[name] = name === only;
    gk.paint(canvas.getContext("2d"), {x: middle[0] * scale - side / 2, y: middle[1] * scale - side / 2,
        width: side, height: side, scale: scale, radius: 4, ratio: 1});
    return Array.from(canvas.getContext("2d").getImageData(0, 0, side, side).data);
}"""


def painted(page, code, *, scale=0.25, side=16, shift=(0, 0), only="compound"):
    """Pixels, shape (side, side, 4), around the label of a feature; ``shift`` in pixels."""
    return np.array(page.evaluate(PAINT, [code, scale, side, list(shift), only])).reshape(side, side, 4)


def share(pixels, color, *, within=3):
    return float((np.abs(pixels[..., :3] - np.array(color)).max(axis=-1) <= within).mean())


def width(page, code):
    """Units across a compound."""
    return page.evaluate(
        "c => { const f = gk.find(c), b = gk.levels[f.level].box; return b[4*f.i+2] - b[4*f.i]; }", code
    )


@pytest.mark.parametrize(("code", "color"), [("a2", JOINT), ("a3", UNIT)])
@pytest.mark.parametrize("pixels_across", [10, 40])
def test_a_plain_status_fills_with_its_colour_large_and_small(page, code, color, pixels_across):
    middle = painted(page, code, scale=pixels_across / width(page, code), side=4)
    assert share(middle, color) == 1
    assert np.abs(middle[..., 3] - ALPHA * 255).max() <= 2


@pytest.mark.parametrize("pixels_across", [14, 60])
def test_uncovered_is_hatched_large_and_small(page, pixels_across):
    side = 8 if pixels_across == 14 else 32
    pixels = painted(page, "c1", scale=pixels_across / width(page, "c1"), side=side)
    light = (pixels[..., 1] > 150).mean()
    assert share(pixels, GAP, within=12) > 0.2
    assert 0.1 < light < 0.7
    # stripes run from lower left to upper right: along them nothing changes
    period = pixels[:8, :8, 1]
    along = np.abs(period - np.roll(np.roll(period, 1, axis=0), -1, axis=1)).mean()
    across = np.abs(period - np.roll(np.roll(period, 1, axis=0), 1, axis=1)).mean()
    assert along < across


def test_unknown_has_dots(page):
    pixels = painted(page, "c2", scale=60 / width(page, "c2"), side=32)
    grey = share(pixels, (0xE5, 0xE6, 0xE6), within=4)
    assert grey > 0.5
    assert (pixels[..., 0] < 180).mean() > 0.01


@pytest.mark.parametrize("pixels_across", [15, 60])
def test_a_hole_is_empty(page, pixels_across):
    scale = pixels_across / width(page, "a1")
    hole = painted(page, "a1", scale=scale, side=2)
    beside = painted(page, "a1", scale=scale, side=2, shift=(-pixels_across / 3, 0))
    assert hole[..., 3].max() == 0
    assert share(beside, OWN) == 1


def test_what_the_filter_leaves_out_is_not_filled(page):
    page.evaluate("gk.state.on[gk.find('a3').i] = 0")
    scale = 60 / width(page, "a3")
    assert painted(page, "a3", scale=scale, side=32)[..., 3].max() == 0
    outline = painted(page, "a3", scale=scale, side=80)
    assert outline[..., 3].max() > 0
    assert painted(page, "a3", scale=12 / width(page, "a3"), side=4)[..., 3].max() == 0


def test_a_cover_that_is_not_valid_has_a_broken_outline(page):
    scale = 60 / width(page, "a2")

    def black(code):
        """Share of the columns along a side of the square that hold a black pixel."""
        side = painted(page, code, scale=scale, side=40, shift=(0, 30))
        return float(((side[..., :3].max(axis=-1) < 30) & (side[..., 3] > 200)).any(axis=0).mean())

    assert 0.2 < black("a2") < 0.9
    assert black("a3") == 0


TILES = """([scale, dx]) => {
    const c = gk.levels.compound, one = gk.find("a2").i, x = Math.floor(c.label[2 * one] * scale) - 128 + dx;
    const y = Math.floor(c.label[2 * one + 1] * scale) - 64;
    const draw = (parts) => { const canvas = document.createElement("canvas"); canvas.width = 256; canvas.height = 128;
        const ctx = canvas.getContext("2d");
        parts.forEach(([from, width]) => { const tile = document.createElement("canvas");
            tile.width = width; tile.height = 128;
            gk.paint(tile.getContext("2d"), {x: x + from, y: y, width: width, height: 128, scale: scale, radius: 4});
            ctx.drawImage(tile, from, 0); });
        return ctx.getImageData(0, 0, 256, 128).data; };
    const whole = draw([[0, 256]]), halves = draw([[0, 128], [128, 128]]);
    let worst = 0, column = 0;
    for (let y = 0; y < 128; y++) for (const x of [126, 127, 128, 129]) for (let k = 0; k < 4; k++) {
        worst = Math.max(worst, Math.abs(whole[4 * (256 * y + x) + k] - halves[4 * (256 * y + x) + k])); }
    for (let k = 0; k < whole.length; k++) column = Math.max(column, whole[k]);
    return [worst, column];
}"""


@pytest.mark.parametrize("across", [12, 60, 300])
def test_two_tiles_show_what_one_would(page, across):
    worst, most = page.evaluate(TILES, [across / width(page, "a2"), 3])
    assert most > 200
    assert worst <= 8


def test_line_and_point_are_drawn(page):
    line = painted(page, "line", scale=0.02, side=9, only="further")
    assert share(line[4:6, 2:7], (0x5C, 0x3A, 0x00), within=60) > 0.4
    assert line[0, :, 3].max() == line[8, :, 3].max() == 0
    point = painted(page, "point", scale=0.02, side=13, only="further")
    assert share(point[5:8, 5:8], (0x5C, 0x3A, 0x00)) == 1
    assert point[0, 0, 3] == 0


def at_offset(page, code, x, y):
    """Alpha at a place of a shape, ``x`` and ``y`` as shares of its box from the lower left."""
    return page.evaluate(
        """([code, x, y]) => { const f = gk.find(code), b = gk.levels[f.level].box, k = 4 * f.i;
        const scale = 100 / (b[k + 2] - b[k]), canvas = document.createElement("canvas");
        canvas.width = canvas.height = 3;
        for (const name in gk.state.show) gk.state.show[name] = name === "further";
        const ux = b[k] + x * (b[k + 2] - b[k]), uy = b[k + 3] - y * (b[k + 3] - b[k + 1]);
        gk.paint(canvas.getContext("2d"), {x: ux * scale - 1, y: uy * scale - 1, width: 3, height: 3,
            scale: scale, radius: 4});
        return [canvas.getContext("2d").getImageData(1, 1, 1, 1).data[3] > 100,
            gk.levels.further.hit(f.i, ux, uy, 0)]; }""",
        [code, x, y],
    )


def test_holes_in_holes_alternate(page):
    inside = [at_offset(page, "nested", share, 0.5) for share in (1 / 12, 3 / 12, 4.5 / 12, 6 / 12, 9 / 12, 11 / 12)]
    assert inside == [[True, True], [False, False], [True, True], [False, False], [False, False], [True, True]]


def test_a_ring_that_touches_itself_keeps_both_halves_and_nothing_else(page):
    places = [(0.15, 0.5), (0.85, 0.5), (0.5, 0.85), (0.5, 0.15)]
    assert [at_offset(page, "bow", *place) for place in places] == [[True] * 2] * 2 + [[False] * 2] * 2


@pytest.mark.parametrize("code", ["dateline", "abroad"])
def test_layers_at_180_degrees_and_abroad_are_drawn(page, code):
    assert at_offset(page, code, 0.25, 0.5) == at_offset(page, code, 0.75, 0.5) == [True, True]


def test_what_crosses_180_degrees_is_seen_from_the_other_side(page):
    found = page.evaluate(
        """() => { const world = Math.pow(2, 28), f = gk.find("dateline"), level = gk.levels.further, scale = 0.01;
        for (const name in gk.state.show) gk.state.show[name] = name === "further";
        const x = level.label[2 * f.i] - world, y = level.label[2 * f.i + 1], canvas = document.createElement("canvas");
        canvas.width = canvas.height = 3;
        gk.paint(canvas.getContext("2d"), {x: x * scale - 1, y: y * scale - 1, width: 3, height: 3,
            scale: scale, radius: 4});
        const hit = gk.under(gk.map, gk.map.unproject([x, y], gk.UNIT_ZOOM));
        return [canvas.getContext("2d").getImageData(1, 1, 1, 1).data[3] > 100, hit && level.code[hit.i]]; }"""
    )
    assert found == [True, "dateline"]


def test_on_a_dark_ground_own_branches_are_lighter(page):
    page.evaluate("gk.theme = 'dark'")
    pixels = painted(page, "a1", scale=60 / width(page, "a1"), side=2, shift=(-20, 0))
    assert share(pixels, OWN) == 0
    assert pixels[..., :3].sum(axis=-1).min() > sum(OWN) + 100


def test_a_redraw_never_leaves_the_map_blank(page):
    """What stands stays until its replacement is whole, and then nothing waits any more."""
    blank = page.evaluate(
        """async () => { gk.map.invalidateSize(false); gk.home(); gk.redraw();
        const wait = () => new Promise(done => {
            const look = () => gk.drawing() ? requestAnimationFrame(look) : done(); look(); });
        const full = () => Array.from(document.querySelectorAll("canvas.leaflet-tile")).some(tile => {
            const data = tile.getContext("2d").getImageData(0, 0, tile.width, tile.height).data;
            return data.some((value, k) => k % 4 === 3 && value > 200); });
        await wait(); const before = full(); gk.redraw(); const during = [full(), gk.drawing()]; await wait();
        return [before, ...during, full()]; }"""
    )
    assert blank == [True, True, True, True]


def test_names_never_lie_over_one_another(page):
    boxes = page.evaluate(
        """() => { const proto = CanvasRenderingContext2D.prototype, fill = proto.fillText, boxes = [];
        proto.fillText = function (text, x, y) {
            const half = this.measureText(text).width / 2, high = parseFloat(this.font.match(/[\\d.]+px/)[0]) / 2;
            boxes.push([x - half, y - high, x + half, y + high]); return fill.apply(this, arguments); };
        gk.home(); boxes.length = 0; gk.redraw(); proto.fillText = fill; return boxes; }"""
    )
    assert len(boxes) >= 3
    for k, one in enumerate(boxes):
        for other in boxes[:k]:
            apart = one[0] >= other[2] or one[2] <= other[0] or one[1] >= other[3] or one[3] <= other[1]
            assert apart, (one, other)


def test_paper_gets_a_whole_power_of_two_of_pixels(page):
    """Chromium prints a canvas at whole 64ths of its size: a third of it would leave a gap beside every tile."""
    ratios = page.evaluate(
        """() => { window.dispatchEvent(new Event("beforeprint"));
        const tiles = Array.from(document.querySelectorAll("canvas.leaflet-tile"));
        const ratios = tiles.map(tile => tile.width / parseFloat(tile.style.width));
        window.dispatchEvent(new Event("afterprint")); return ratios; }"""
    )
    assert ratios
    assert all(64 % ratio == 0 for ratio in ratios)


PICTURE = """async (wish) => { const blob = await gk.png(wish), bitmap = await createImageBitmap(blob);
    const canvas = document.createElement("canvas"); canvas.width = bitmap.width; canvas.height = bitmap.height;
    const ctx = canvas.getContext("2d"); ctx.drawImage(bitmap, 0, 0);
    const data = ctx.getImageData(0, 0, canvas.width, canvas.height).data, seen = {};
    for (let k = 0; k < data.length; k += 4 * 37) {
        const key = [data[k], data[k + 1], data[k + 2]].join(); seen[key] = (seen[key] || 0) + 1; }
    return [blob.type, canvas.width, canvas.height, seen]; }"""


def test_the_picture_has_the_size_of_a3_and_shows_the_map(page):
    kind, wide, high, seen = page.evaluate(PICTURE, {"a3": True})
    assert (kind, wide, high) == ("image/png", 4961, 3508)
    ground, unit = seen["251,251,249"], seen.get("48,169,149", 0)
    assert ground < 0.99 * wide * high / 37
    assert unit > 100  # the unit's green at 88 % over the ground
    assert len(seen) > 50


def test_the_picture_of_the_view_is_the_view(page):
    size = page.evaluate("[gk.map.getSize().x, gk.map.getSize().y]")
    _, wide, high, seen = page.evaluate(PICTURE, {"a3": False})
    assert wide == 2 * (size[0] + 340)
    assert high == 2 * (size[1] + 126)
    assert len(seen) > 50


def test_saving_gives_a_file_named_after_the_map(page):
    with page.expect_download() as waiting:
        page.click("#gk-png")
    assert waiting.value.suggested_filename.endswith(" (view).png")  # the A3 picture has another name
    assert waiting.value.path().read_bytes()[:8] == b"\x89PNG\r\n\x1a\n"
    assert "Saved as" in page.inner_text("#gk-png-say")


@pytest.mark.parametrize(
    ("broken", "said"),
    [
        ("proto.getContext = () => null", "cannot hold a picture of 4961 × 3508 pixels"),
        ("proto.toBlob = function (done) { done(null); }", "cannot hold a picture of 4961 × 3508 pixels"),
        ("proto.toBlob = () => { throw new DOMException('tainted', 'SecurityError'); }", "base map does not allow"),
    ],
)
def test_a_picture_that_cannot_be_made_is_told(page, broken, said):
    text = page.evaluate(
        "async () => { const proto = HTMLCanvasElement.prototype, kept = [proto.getContext, proto.toBlob];"
        + broken
        + "; await gk.savePng({a3: true}); [proto.getContext, proto.toBlob] = kept;"
        + "return document.getElementById('gk-png-say').textContent; }"
    )
    assert said in text
