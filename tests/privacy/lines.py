"""A line to call every command with: what a command prints and writes is looked through as well.

A new command needs a line here; ``test_register.py`` says so. ``{project}`` is the folder of a project, ``{run}`` a run
folder of it, ``{report}`` a text that names persons, ``{layer}`` a boundary file, ``{new}`` a folder that is not
there yet.
"""

LINES = {
    "demo": [],  # holds invented names only, and reads nothing
    "init": [["init", "{project}", "--dry-run"]],
    "check": [["check", "{project}", "--all"], ["check", "{project}", "--out", "{new}", "--json"]],
    "repair": [
        ["repair", "{project}"],
        ["repair", "{project}", "--plan", "-o", "{new}", "--json"],
        ["repair", "{project}", "--apply", "-o", "{new}2"],
    ],
    "link": [["link", "{project}", "--json", "--out", "{new}"]],
    "audit": [["audit", "{project}", "--out", "{new}", "--no-map", "--bundle", "{new}.zip"]],
    "claims": [
        ["claims", "extract", "{report}"],
        ["claims", "extract", "{report}", "-o", "{new}.toml"],
        ["claims", "extract", "{report}", "--json"],
    ],
    "map": [
        ["map", "{project}", "--by-street", "-o", "{new}"],
    ],
    "verify": [["verify", "{run}", "--project", "{project}", "--json"]],
    "diff": [
        ["diff", "runs", "{run}", "{run}", "-o", "{new}.xlsx"],
        ["diff", "runs", "{run}", "{run}", "--json"],
        ["diff", "layers", "{layer}", "{layer}", "-o", "{new}.xlsx"],
        ["diff", "layers", "{layer}", "{layer}", "-o", "{new}.gpkg"],
        ["diff", "layers", "{layer}", "{layer}", "--json"],
    ],
    "sample": [
        ["sample", "sites", "{run}", "-o", "{new}.xlsx"],
        ["sample", "links", "{project}", "-o", "{new}.xlsx"],
    ],
    "grids": [
        ["grids", "atoms", "{project}", "-o", "{new}", "--all"],
        ["grids", "propose", "{project}", "--profile", "fast", "-o", "{new}2", "--all"],
        ["grids", "merge", "a={layer}", "b={layer}", "{project}", "--profile", "fast", "--no-map", "-o", "{new}3"],
        ["grids", "check", "{project}", "--json"],
        ["grids", "import", "{layer}", "{project}", "-o", "{new}3", "--cuts", "{new}3.csv", "--all"],
        ["grids", "import", "{layer}", "{project}", "--fill", "--json"],
    ],
    "explain": [["explain", "{run}", "X1"], ["explain", "{run}", "X1", "--json"], ["explain", "rule", "S120"]],
}
