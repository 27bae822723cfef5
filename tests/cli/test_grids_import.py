"""``gridkit grids import``: sloppy drawings in any format and datum give the true grids; hostile ones an error."""

from __future__ import annotations

import json
import shutil

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely
from shapely.geometry import LineString, MultiPolygon, Point, Polygon, box

from gridkit import errors
from gridkit.geo.datum import wgs84_to_bd09, wgs84_to_gcj02
from gridkit.grids.edit import apply_edit
from gridkit.grids.hand_drawn import lay
from gridkit.grids.totals import grid_layer
from gridkit.model.plan import Edit
from gridkit.stores import plan_folder
from gridkit.stores.plan_folder import write_plan
from tests.cli.grid_project import layers, save
from tests.grids.plans import EAST, WEST, atoms_of, plan_of
from tests.io.boundaries import kml_polygon, kml_text

TIME = ("--time", "2024-06-30T09:00:00+08:00")


def today():
    """Return twelve grids of four squares of 100 m each, with codes; six in each community."""
    atoms = atoms_of(tuple((100,) * 8 for _ in range(6)))
    grids, codes = {}, {}
    for row in range(3):
        for column in range(4):
            uid = f"g{row}{column}"
            grids[uid] = [f"A{2 * row + y + 1}{2 * column + x + 1}" for y in (0, 1) for x in (0, 1)]
            codes[uid] = f"{WEST if column < 2 else EAST}{3 * (column % 2) + row + 1:03d}"
    return plan_of(atoms, grids, code=codes, name={uid: f"{uid}网格" for uid in grids})


def wished(plan):
    """Return the plan that is drawn: two atoms change sides, and two grids become one."""
    for op, args in (("move", {"atoms": ["A13"], "to": "g00"}), ("move", {"atoms": ["A66"], "to": "g23"}),
                     ("merge", {"grids": ["g10", "g20"], "into": "g10"})):  # fmt: skip
        plan = apply_edit(plan, Edit(1, "", "", op, args, "", "", "", "").sealed())
    return plan


def sloppy(plan, *, off=5.0, seed=4):
    """Return the grids of a plan drawn by a shaky hand: every vertex off by up to 5 m, gaps, overlaps and a sliver."""
    rng = np.random.default_rng(seed)
    layer = grid_layer(plan)

    def shake(xy):
        angle, length = rng.uniform(0, 2 * np.pi, len(xy)), rng.uniform(0, off, len(xy))
        moved = xy + np.column_stack([np.cos(angle), np.sin(angle)]) * length[:, None]
        moved[-1] = moved[0]  # one ring each
        return moved

    shapes = [shapely.make_valid(shapely.transform(one.segmentize(40), shake)) for one in layer.geometry]
    shapes[0], shapes[1] = shapes[0].buffer(-8), shapes[1].buffer(8)
    west, south, _east, north = shapes[2].bounds
    shapes[2] = shapely.union(shapes[2], box(west - 30, south, west + 1, south + 0.3 * (north - south) / 10))
    return gpd.GeoDataFrame({"网格编码": list(layer["code"]), "网格名称": list(layer["name"])}, geometry=shapes,
                            crs=layer.crs)  # fmt: skip


def lands(plan):
    """Return the land of the grids with their codes, whatever their uids."""
    return sorted((code, *sorted(plan.assignment.index[plan.assignment == uid]))
                  for uid, code in plan.grids["code"].items())  # fmt: skip


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    root = tmp_path_factory.mktemp("import")
    write_plan(plan_folder.plan_of(today()), root / "plan")
    return root


def as_kml(layer, path):
    rows = layer.to_crs("EPSG:4326")
    marks = "".join(
        f"<Placemark><name>{row['网格名称']}</name><ExtendedData><Data name='网格编码'><value>{row['网格编码']}</value>"
        f"</Data></ExtendedData>{kml_polygon(row.geometry)}</Placemark>"
        for _, row in rows.iterrows()
    )
    path.write_text(kml_text(marks), encoding="utf-8")


def as_dxf(layer, path):
    """Write closed lines and, inside each, its code as a text, as drawing programs do."""
    out = ["0", "SECTION", "2", "ENTITIES"]
    for shape, code in zip(layer.geometry, layer["网格编码"], strict=True):
        for part in getattr(shape, "geoms", [shape]):
            ring = list(part.exterior.coords)[:-1]
            out += ["0", "LWPOLYLINE", "8", "GRID", "100", "AcDbPolyline", "90", str(len(ring)), "70", "1"]
            for x, y in ring:
                out += ["10", repr(float(x)), "20", repr(float(y))]
        at = shape.representative_point()
        out += ["0", "TEXT", "8", "GRID", "10", repr(at.x), "20", repr(at.y), "40", "5", "1", code]
    path.write_text("\n".join([*out, "0", "ENDSEC", "0", "EOF", ""]), encoding="utf-8")


def shifted(layer, move):
    rows = layer.to_crs("EPSG:4490")
    return rows.set_geometry([shapely.transform(one, lambda xy: np.column_stack(move(xy[:, 0], xy[:, 1])))
                              for one in rows.geometry])  # fmt: skip


def written(layer, path, kind):
    if kind == "kml":
        as_kml(layer, path)
    elif kind == "dxf":
        as_dxf(layer.assign(geometry=layer.geometry.buffer(-6)), path)  # lines that cross would make other areas
    else:
        layer.to_file(path, **({"encoding": "GBK"} if kind == "shp" else {}))
    return path


@pytest.mark.parametrize(
    ("name", "change", "options"),
    [
        ("a.gpkg", lambda one: one, ()),
        ("a.shp", lambda one: one.to_crs("EPSG:3857"), ()),
        ("a.geojson", lambda one: one.to_crs("EPSG:4326"), ()),
        ("a.kml", lambda one: one, ()),
        ("a.dxf", lambda one: one, ()),
        ("gcj.gpkg", lambda one: shifted(one, wgs84_to_gcj02), ()),
        ("told.gpkg", lambda one: shifted(one, wgs84_to_gcj02), ("--crs", "GCJ-02")),
        ("bd.gpkg", lambda one: shifted(one, wgs84_to_bd09), ()),
    ],
)  # fmt: skip
def test_a_sloppy_drawing_gives_the_true_grids(gridkit, folder, tmp_path, name, change, options):
    truth = wished(today())
    path = written(change(sloppy(truth)), tmp_path / name, name.partition(".")[2])
    said = gridkit("grids", "import", path, folder / "plan", "-o", tmp_path / "new", "--json", *TIME, *options)
    assert said.code in (errors.EXIT_CLEAN, errors.EXIT_FINDINGS), said.err
    found = json.loads(said.out)
    after = plan_folder.open_plan(tmp_path / "new")
    assert lands(after.plan) == lands(truth)
    assert (found["assumed_crs"] != "") == (name == "a.dxf")
    assert (found["kept"], found["new"], found["retired"], found["unassigned"]) == (11, 0, 1, 0)
    # two atoms move, one grid is merged into another: nothing else is an edit
    assert [edit.op for edit in after.log.edits] == ["move", "move", "move", "retire"]
    service = {"gcj": "GCJ-02", "told": "GCJ-02", "bd": "BD-09"}.get(name.partition(".")[0], "")
    assert (found["datum"], found["datum_detected"]) == (service, bool(service) and not options)


def test_the_log_does_the_same_to_the_plan(gridkit, folder, tmp_path):
    path = written(sloppy(wished(today())), tmp_path / "a.gpkg", "gpkg")
    said = gridkit("grids", "import", path, folder / "plan", "-o", tmp_path / "new", "--cuts", tmp_path / "c.csv",
                   *TIME)  # fmt: skip
    assert "12" in said.out and "G122" in said.out
    assert gridkit("grids", "apply", tmp_path / "new" / "edits.jsonl", folder / "plan", "-o", tmp_path / "b").code == 1
    one, other = (plan_folder.open_plan(tmp_path / name).plan.base for name in ("new", "b"))
    assert one == other
    table = pd.read_csv(tmp_path / "c.csv")
    assert len(table) and (table["share"] > 0.5).all() and (table["share"] < 0.99).all()
    again = gridkit("grids", "import", path, tmp_path / "new", "-o", tmp_path / "c", "--json", *TIME)
    assert json.loads(again.out)["edits"] == 0


def test_rows_in_any_order_give_the_same_bytes(gridkit, folder, tmp_path):
    layer = sloppy(wished(today()))
    for name, rows in (("a", layer), ("b", layer.iloc[::-1])):
        (tmp_path / name).mkdir()
        path = written(rows, tmp_path / name / "a.geojson", "geojson")
        gridkit("grids", "import", path, folder / "plan", "-o", tmp_path / name / "new", *TIME)
    one, other = ((tmp_path / name / "new" / "edits.jsonl").read_bytes() for name in ("a", "b"))
    assert one == other


def drawn(rows, **columns):
    blank = [""] * len(rows)
    table = pd.DataFrame(
        {"code": blank, "name": blank, "kind": blank} | columns, index=[str(n) for n in range(len(rows))]
    )
    crs = today().atoms.frame.crs
    shapes = [shapely.transform(one, lambda xy: xy + np.array([500_000, 2_940_100])) for one in rows]
    return gpd.GeoDataFrame(table, geometry=shapes, crs=crs)


def test_gaps_are_left_without_a_grid_or_filled():
    plan = today()
    # the west: two strips with a gap of one square's width (A13, A23 ... A63), nothing drawn in the east
    rows = drawn([box(0, -600, 200, 0), box(300, -600, 400, 0)])
    laid = lay(plan, rows)
    bare = set(laid.plan.assignment.index[laid.plan.assignment == ""])
    assert bare == {f"A{row}3" for row in range(1, 7)}
    assert laid.untouched == (EAST,)
    assert (laid.plan.assignment[[f"A{row}5" for row in (1, 3, 5)]] == ["g02", "g12", "g22"]).all()
    filled = lay(plan, rows, fill=True)
    assert filled.filled == 6 and not (filled.plan.assignment == "").any()


def test_a_grid_in_two_communities_is_split_and_a_strip_beyond_is_none():
    rows = drawn([box(300, -600, 500, 0), box(0, -600, 302, 0), box(500, -600, 800, 0)])
    laid = lay(today(), rows)
    assert laid.several == ("0",)
    frame = laid.plan.atoms.frame.assign(grid=laid.plan.assignment)
    assert frame.groupby("grid")["community"].nunique().max() == 1
    assert len(laid.plan) == 4 and not (frame["grid"] == "").any()


def test_a_code_outranks_households_where_land_is_shared():
    plan = today()
    # g00 states the code of g01: its land reaches A13; the other drawn grid states a code from elsewhere
    rows = drawn([box(0, -200, 300, 0), box(300, -200, 400, 0)], code=[WEST + "004", EAST + "001"])
    laid = lay(plan, rows)
    assert laid.matched == {"0": "g01"}
    assert plan.grids["code"]["g01"] == WEST + "004" and EAST + "001" in set(laid.plan.grids["code"])


def test_one_code_on_two_grids_stays_with_the_larger():
    rows = drawn([box(0, -200, 200, 0), box(200, -200, 400, 0), box(0, -600, 400, -200)],
                 code=[WEST + "001", WEST + "001", "5.2E+14"])  # fmt: skip
    laid = lay(today(), rows)
    assert laid.matched["0"] == "g00" and laid.matched["1"] == "g01"
    assert set(laid.plan.assignment[["A11", "A22"]]) == {"g00"}


def test_a_locked_grid_is_not_redrawn(gridkit, tmp_path):
    plan = today()
    plan.grids.loc["g00", "locked"] = True
    write_plan(plan_folder.plan_of(plan), tmp_path / "plan")
    path = written(sloppy(wished(today())), tmp_path / "a.gpkg", "gpkg")
    said = gridkit("grids", "import", path, tmp_path / "plan", "-o", tmp_path / "new")
    assert said.code == errors.EXIT_USAGE and "locked" in said.err and not (tmp_path / "new").exists()


X, Y = 500_100.0, 2_939_900.0
with np.errstate(invalid="ignore"):
    NOWHERE = shapely.from_wkt(f"POLYGON (({X} {Y}, {X} NaN, {X + 5} {Y}, {X} {Y}))")
BOWTIE = Polygon([(X, Y), (X + 80, Y + 80), (X + 80, Y), (X, Y + 80)])


@pytest.mark.parametrize(
    ("shapes", "crs", "said"),
    [
        ([Point(X, Y), Point(X + 1, Y)], "EPSG:4545", "no area"),
        ([LineString([(X, Y), (X + 9, Y)])], "EPSG:4545", "no area"),
        ([None], "EPSG:4545", "no area"),
        ([NOWHERE], "EPSG:4545", "no area"),
        ([box(116.3, 39.8, 116.4, 39.9)], "EPSG:4490", "no drawn grid touches the plan"),
        ([box(-1, -1, 1, 1)], "EPSG:4490", "no drawn grid touches the plan"),
    ],
)
def test_what_cannot_be_used_is_said(gridkit, folder, tmp_path, shapes, crs, said):
    gpd.GeoDataFrame({"name": [""] * len(shapes)}, geometry=shapes, crs=crs).to_file(tmp_path / "a.gpkg")
    found = gridkit("grids", "import", tmp_path / "a.gpkg", folder / "plan", "-o", tmp_path / "new")
    assert (found.code, found.out) == (errors.EXIT_INPUT, "")
    assert said in found.err and not (tmp_path / "new").exists()


def test_hostile_files(gridkit, folder, tmp_path):
    (tmp_path / "no.gpkg").write_bytes(b"SQLite format 3\x00" + b"\x00" * 90)
    (tmp_path / "empty.geojson").write_text('{"type":"FeatureCollection","features":[]}')
    (tmp_path / "table.csv").write_text("网格编码,经度,纬度\n1,108,26\n", encoding="utf-8")
    for name in ("no.gpkg", "empty.geojson", "table.csv", "none.gpkg"):
        found = gridkit("grids", "import", tmp_path / name, folder / "plan")
        assert found.code == errors.EXIT_INPUT and name in found.err
    layer = sloppy(today())
    as_dxf(layer.assign(geometry=layer.geometry.translate(9e5, 0).buffer(-6)), tmp_path / "far.dxf")
    found = gridkit("grids", "import", tmp_path / "far.dxf", folder / "plan")
    assert found.code == errors.EXIT_INPUT and "--crs" in found.err


def test_a_datum_that_is_not_certain_is_asked_about(gridkit, folder, tmp_path):
    # a drawing that follows no border of an atom: its grids fit nowhere well, but better where GCJ-02 is undone
    west, south, _east, north = today().atoms.frame.total_bounds
    shapes = [box(west + 40 + 250 * n, south + 45, west + 290 + 250 * n, north - 50) for n in range(3)]
    rows = gpd.GeoDataFrame({"网格名称": ["甲", "乙", "丙"]}, geometry=shapes, crs="EPSG:4545")
    shifted(rows, wgs84_to_gcj02).to_file(tmp_path / "a.gpkg")
    found = gridkit("grids", "import", tmp_path / "a.gpkg", folder / "plan")
    assert "may hold GCJ-02 coordinates" in found.err and "--crs GCJ-02" in found.err


def test_odd_shapes_are_taken_as_far_as_they_go(gridkit, folder, tmp_path):
    good = list(sloppy(today()).geometry)
    raised = shapely.force_3d(good[0], 41.0)
    more = [raised, BOWTIE, MultiPolygon([box(X, Y, X + 1, Y + 1), box(X + 5, Y, X + 6, Y + 1)]), None, Point(X, Y)]
    rows = gpd.GeoDataFrame({"网格名称": ["=1+1", *["甲"] * 4, *["乙"] * 11]}, geometry=[*more, *good[1:]],
                            crs="EPSG:4545")  # fmt: skip
    rows.to_file(tmp_path / "a.gpkg")
    found = gridkit("grids", "import", tmp_path / "a.gpkg", folder / "plan", "-o", tmp_path / "new", "--cuts",
                    tmp_path / "c.csv", "--all")  # fmt: skip
    assert found.code == errors.EXIT_FINDINGS
    assert "1 features without an area are left out" in found.err
    assert "2 drawn grids hold no atom and are left out\n  甲 #00013\n  甲 #00014\n" in found.err
    assert lands(plan_folder.open_plan(tmp_path / "new").plan) == lands(today())
    assert "=1+1" not in [cell for line in (tmp_path / "c.csv").read_text("utf-8-sig").split("\n") for cell in
                          line.split(",")]  # fmt: skip


def test_a_project_is_cut_into_atoms_first(gridkit, tmp_path):
    project = save(tmp_path / "project", layers())
    shutil.copy(project / "grid.gpkg", tmp_path / "drawn.gpkg")
    said = gridkit("grids", "import", tmp_path / "drawn.gpkg", project, "-o", tmp_path / "new", "--json", *TIME)
    found = json.loads(said.out)
    assert (found["kept"], found["new"], found["edits"]) == (3, 0, 0)
    assert sorted(plan_folder.open_plan(tmp_path / "new").plan.grids["code"]) == sorted(layers()["grid"]["网格编码"])


def test_a_line_within_the_tolerance_cuts_nothing():
    plan = plan_of(atoms_of(((100,) * 4,)), {"g1": ["A11", "A12"], "g2": ["A13", "A14"]})
    layer = drawn([box(0, 0, 1, 1)] * 2)
    layer["geometry"] = list(grid_layer(plan).geometry.buffer(-7))
    assert list(lay(plan, layer, tolerance=11).cuts["atom"]) == []
    assert len(lay(plan, layer, tolerance=5).cuts) == 4


def test_a_drawing_may_call_grids_as_the_table_does(gridkit, tmp_path):
    """assignment.csv has the uid of a grid without a code; the drawing and the plan are told apart."""
    plan = today()
    plan.grids["code"] = ""
    write_plan(plan_folder.plan_of(plan), tmp_path / "plan")
    layer = grid_layer(plan)
    named = {"网格编码": list(layer.index)[::-1], "网格名称": "未命名多边形"}
    gpd.GeoDataFrame(named, geometry=list(layer.geometry)[::-1], crs=layer.crs).to_file(tmp_path / "a.gpkg")
    found = gridkit("grids", "import", tmp_path / "a.gpkg", tmp_path / "plan", "--json")
    said = json.loads(found.out)
    assert said["edits"] == 0  # a name that a program gave is none
    assert said["matched"] == {f"{n + 1:05d}": uid for n, uid in enumerate(sorted(plan.grids.index))}
    assert said["codes_not_kept"] == 0 and not [row for row in said["findings"] if row["code"] == "G106"]
    out = gridkit("grids", "import", tmp_path / "a.gpkg", tmp_path / "plan").out
    assert "The grids that it gives:" not in out or "The drawing:" not in out.split("The grids that it gives:")[1]
    bad = gridkit("grids", "import", tmp_path / "a.gpkg", tmp_path / "plan", "--time", "yesterday")
    assert bad.code == errors.EXIT_USAGE and "yesterday is no time" in bad.err


def test_edits_of_another_plan_are_not_written_over(gridkit, folder, tmp_path):
    shutil.copytree(folder / "plan", tmp_path / "mine")
    assert gridkit("grids", "edit", tmp_path / "mine", "lock", "g00", *TIME).code in {0, 1}
    before = (tmp_path / "mine" / "edits.jsonl").read_bytes()
    sloppy(wished(today())).to_file(tmp_path / "a.gpkg")
    found = gridkit("grids", "import", tmp_path / "a.gpkg", folder / "plan", "-o", tmp_path / "mine")
    assert found.code == errors.EXIT_OUTPUT and "1 edits, which would be lost" in found.err
    assert (tmp_path / "mine" / "edits.jsonl").read_bytes() == before


def test_a_grid_drawn_with_its_code_has_its_kind(gridkit, tmp_path):
    """Most drawings have no column of kinds: an exclusive grid stays one, and may lie over the grid around it."""
    codes = {"g1": WEST + "901", "g2": WEST + "001"}
    plan = plan_of(atoms_of(((100,) * 4,), kinds={"A11": "exclusive"}), {"g1": ["A11"], "g2": ["A12"]}, code=codes,
                   kind={"g1": "exclusive", "g2": "comprehensive"})  # fmt: skip
    write_plan(plan_folder.plan_of(plan), tmp_path / "plan")
    one, other = plan.atoms.frame.geometry[["A11", "A12"]]
    gpd.GeoDataFrame({"网格编码": list(codes.values())}, geometry=[one, shapely.union(one, other)],
                     crs=plan.atoms.frame.crs).to_file(tmp_path / "a.gpkg")  # fmt: skip
    said = json.loads(gridkit("grids", "import", tmp_path / "a.gpkg", tmp_path / "plan", "--json").out)
    assert set(said["matched"].values()) == {"g1", "g2"} and said["without_atom"] == 0
    assert not [row for row in said["findings"] if row["code"] == "G122"]
