"""The redraw board: one offline page in which a plan of grids is drawn again, edit by edit."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import jinja2
from branca.element import CssLink, Element, JavascriptLink

from gridkit.locale import current
from gridkit.maps import vendored
from gridkit.maps.board_data import SCRIPTS, board_document, packed
from gridkit.maps.board_words import board_words
from gridkit.maps.figure import OfflineFigure
from gridkit.maps.gridmap import write_whole
from gridkit.maps.plain import plain_json
from gridkit.maps.tree import Verbatim

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    import geopandas as gpd

    from gridkit.model.plan import EditLog, Plan

_BEFORE: Final = ("fflate", "gk-data", "gk-hooks", "gk-board-say")
_PAGE: Final = (
    "gk-board-view", "gk-board-paint", "gk-board-over", "gk-board-before", "gk-board-act", "gk-board-tools",
    "gk-board-lines", "gk-board-panel", "gk-board-bar", "gk-board-dialogs", "gk-board-changes", "gk-board-scenarios",
    "gk-board-print", "gk-board-main",
)  # fmt: skip
_STYLE: Final = "gk-board.css"


def write_board_html(
    base: Plan, log: EditLog, path: Path, *, title: str, filed: Plan | None = None,
    lines: gpd.GeoDataFrame | None = None, names: Mapping[str, str] | None = None,
) -> None:  # fmt: skip
    """Write the redraw board in the current language.

    Parameters
    ----------
    base : Plan
        As it was before the first line of the log.
    log : EditLog
        Edits so far; the page replays them, so that undo reaches the first.
    path : pathlib.Path
        File to write; an existing one is replaced. Equal plans give equal bytes.
    title : str
        Heading of the page.
    filed : Plan, optional
        The plan that holds, against which changes are pending (default: the base).
    lines : geopandas.GeoDataFrame, optional
        Roads and outlines of buildings, in the system of the atoms, to which cuts snap.
    names : mapping of str to str, optional
        Community code -> name.

    Raises
    ------
    gridkit.errors.OutputError
        The file cannot be written.
    """
    document = board_document(base, log, filed=filed, lines=lines, names=names)
    write_whole(path, board_page(document, title=title).encode("utf-8"))


def board_page(
    document: Mapping[str, Any], *, title: str, settings: Mapping[str, Any] | None = None, scripts: Sequence[str] = ()
) -> str:
    """Return the board as text.

    Parameters
    ----------
    document : mapping
        From :func:`gridkit.maps.board_data.board_document`.
    title : str
    settings : mapping, optional
        More for ``gk.settings``, such as what a local server wants the page to know.
    scripts : sequence of str
        Names of more scripts of ours, loaded before the page starts.
    """
    words = board_words()
    told = {"title": title, "words": words, **(settings or {})}
    text = (vendored.folder() / "gk-board.html").read_text(encoding="utf-8")
    environment = jinja2.Environment(autoescape=True, trim_blocks=True, lstrip_blocks=True)
    shell = environment.from_string(text).render(
        title=title, words=words, settings=plain_json(told), document=packed(document)
    )
    figure = OfflineFigure(title, current())
    for name in (*_BEFORE, *SCRIPTS, *_PAGE, *scripts):
        figure.header.add_child(JavascriptLink(f"{vendored.OWN}{name}.js"), name=name)
    figure.header.add_child(CssLink(f"{vendored.OWN}{_STYLE}"), name="css")
    figure.html.add_child(Verbatim(shell), name="shell")
    figure.script.add_child(Element("gk.board.start();"), name="start")
    return figure.render()
