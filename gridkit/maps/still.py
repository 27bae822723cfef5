"""A map as a picture for paper, drawn without a browser: the same colours, patterns and figures as on the page."""

from __future__ import annotations

import textwrap
import warnings
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from gridkit.errors import UsageError
from gridkit.locale import N_, speaking
from gridkit.locale import gettext as _
from gridkit.maps.fonts import family
from gridkit.maps.palette import STATUS_STYLES, UNIT, Style
from gridkit.maps.still_paint import HATCHES, ink, north_arrow, paint, proportion
from gridkit.maps.words import LEVEL_NAMES
from gridkit.model.fields import COMPOUND, LEVELS, STREET
from gridkit.writing import whole

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    import geopandas as gpd

    from gridkit.maps.profiles import Options
    from gridkit.model import Run

PAPER: Final = (420.0, 297.0)
"""A3 landscape, millimetres."""
DPI: Final = 300
LEAST_DPI, MOST_DPI = 36, 1200
INK: Final = "#1b1f24"
_PER_INCH: Final = 25.4
_NARROW: Final = 46
"""Width of the legend beside the map in half-width characters."""
_BESIDE: Final = (0.02, 0.08, 0.74, 0.77)
_ABOVE: Final = (0.02, 0.33, 0.96, 0.52)
"""Places of the map: with the legend at its right, or below it where the city is wide; left, bottom, width, height."""
_STEP: Final = 0.0175
_PLAIN: Final = Style("plain", "", UNIT)


@dataclass(frozen=True)
class Sheet:
    """What a picture shows.

    Parameters
    ----------
    title : str
    frames : mapping of str to geopandas.GeoDataFrame
        Level -> features in degrees, the widest level first, each with ``name``; of the filled level also ``style``,
        and ``broken`` (bool) where its outline is broken.
    styles : tuple of Style
    legend : sequence of (Style, str)
        Swatch and its line, counts and denominators included.
    notes : sequence of str
        Lines below the legend.
    footer : sequence of str
    mark : str
        Stands beside the title: "Internal".
    labels : sequence of str
        Levels whose names are written.
    figures : sequence of (str, str)
        Big numbers under the title, each with what it counts.
    """

    title: str
    frames: Mapping[str, gpd.GeoDataFrame]
    styles: tuple[Style, ...] = ()
    legend: Sequence[tuple[Style, str]] = ()
    notes: Sequence[str] = ()
    footer: Sequence[str] = ()
    mark: str = ""
    labels: Sequence[str] = field(default=(STREET,))
    figures: Sequence[tuple[str, str]] = ()

    def texts(self) -> list[str]:
        """Return everything that is written, to choose a font by."""
        names = [str(name) for level in self.labels if level in self.frames for name in self.frames[level]["name"]]
        return [
            self.title,
            self.mark,
            *(label for _n, label in self.figures),
            *(line for _s, line in self.legend),
            *self.notes,
            *self.footer,
            *names,
        ]


def sheet_of(run: Run, options: Options, frames: Mapping[str, gpd.GeoDataFrame]) -> Sheet:
    """Return the picture of a run.

    Parameters
    ----------
    run : Run
    options : Options
    frames : mapping
        From :func:`gridkit.maps.features.features`.
    """
    from gridkit.maps.summary import shell

    with speaking(run.language):
        title = options.title or _("{city}: coverage of residential compounds").format(city=run.city.name)
        page = shell(run, title, options)
        shown = {level: frame for level, frame in frames.items() if level in LEVELS}
        legend, figures = [], []
        labels = [level for level in shown if level != COMPOUND][:1]
        if not run.city.registries and not options.public:  # layers alone: nothing is known of coverage
            return _plain_sheet(title, shown, labels, page)
        if COMPOUND in shown:
            compounds = shown[COMPOUND]
            broken = (compounds["valid"] == "no") & ~compounds["status"].isin(("UNCOVERED", "UNKNOWN", "PLANNED"))
            shown[COMPOUND] = compounds.assign(style=compounds["status"], broken=broken)
            counts = compounds["status"].value_counts()
            for style in STATUS_STYLES:
                said, n = _("{label}  {n}/{all}"), int(counts.get(style.id, 0))
                line = said.format(label=_(style.label), n=n, all=len(compounds))
                legend.append((style, line))
        notes = list(page["warnings"])
        if len(shown.get(COMPOUND, ())):
            notes = [*page["rates"], page["counting"], *notes, _("Broken outline: cover is not valid")]
            figures = [(str(one.count), f"{one.label}  {one.share}".strip()) for one in page["figures"]]
        return Sheet(title, shown, STATUS_STYLES, legend, notes, page["footer"], page["mark"], labels, figures)


def _plain_sheet(
    title: str, shown: dict[str, gpd.GeoDataFrame], labels: Sequence[str], page: Mapping[str, Any]
) -> Sheet:
    """Return the picture of layers without any registry: compounds in one colour, and nothing about coverage."""
    legend = []
    if len(shown.get(COMPOUND, ())):
        shown[COMPOUND] = shown[COMPOUND].assign(style=_PLAIN.id)
        said = _("{name}  {n}").format(name=_(LEVEL_NAMES[COMPOUND]), n=len(shown[COMPOUND]))
        legend.append((_PLAIN, said))
    return Sheet(title, shown, (_PLAIN,), legend, (), page["footer"], page["mark"], labels)


def check_dpi(dpi: int) -> None:
    """Refuse a resolution that nobody can want; see :func:`write_still`."""
    if not LEAST_DPI <= dpi <= MOST_DPI:
        raise UsageError(
            N_("{dpi} dots per inch cannot be drawn"),
            remedy=N_("choose between {least} and {most}"),
            dpi=dpi,
            least=LEAST_DPI,
            most=MOST_DPI,
        )


def write_still(sheet: Sheet, path: Path, *, dpi: int = DPI) -> None:
    """Write a picture as PNG: A3 landscape; equal sheets give equal bytes on one machine.

    Parameters
    ----------
    sheet : Sheet
    path : pathlib.Path
    dpi : int
        Dots per inch; 300 gives 4961 x 3508.

    Raises
    ------
    UsageError
        A resolution that nobody can want.
    OutputError
        There is no font for the texts, or the file cannot be written.
    """
    check_dpi(dpi)
    import matplotlib as mpl
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    rules: dict[Any, Any] = {
        "font.family": [family(sheet.texts()), "DejaVu Sans"], "hatch.linewidth": 1.2, "axes.unicode_minus": False,
        "text.usetex": False, "text.parse_math": False, "path.simplify": True, "figure.dpi": 100.0,
    }  # fmt: skip
    with mpl.rc_context(), warnings.catch_warnings():
        warnings.simplefilter("ignore")  # a character that no font has is shown as a box
        mpl.rcdefaults()
        mpl.rcParams.update(rules)
        size = [(round(side / _PER_INCH * dpi) + 0.01) / dpi for side in PAPER]  # whole pixels
        figure = Figure(figsize=(size[0], size[1]), dpi=dpi, facecolor="white")
        canvas: Any = FigureCanvasAgg(figure)
        _compose(figure, sheet)
        with whole(path) as draft, draft.open("wb") as stream:
            canvas.print_png(stream, metadata={"Software": None})


def _compose(figure: Any, sheet: Sheet) -> None:
    title = textwrap.shorten(sheet.title, 90, placeholder="…") if len(sheet.title) > 90 else sheet.title
    figure.text(0.02, 0.955, title, fontsize=24, fontweight="bold", color=INK, va="center")
    if sheet.mark:
        figure.text(
            0.98, 0.955, sheet.mark, fontsize=16, color="#8a1c00", ha="right", va="center",
            bbox={"boxstyle": "square,pad=0.4", "fill": False, "edgecolor": "#8a1c00"},
        )  # fmt: skip
    for at, (number, label) in enumerate(sheet.figures):
        x = 0.02 + 0.96 / max(len(sheet.figures), 6) * at
        figure.text(x, 0.912, number, fontsize=20, fontweight="bold", color=INK, va="center")
        figure.text(x, 0.884, label, fontsize=11, color="#444c56", va="center")
    beside = _is_larger_beside(proportion(sheet.frames))
    left, bottom, width, height = _BESIDE if beside else _ABOVE
    axes = figure.add_axes((left, bottom, width, height))
    paint(axes, sheet.frames, sheet.styles, labels=sheet.labels)
    north_arrow(figure, left + width - 0.01, bottom + height - 0.03)
    if beside:
        _legend(figure, sheet.legend, x=0.775, y=0.84, wide=_NARROW)
        _notes(
            figure, sheet.notes, x=0.775, y=0.80 - 0.0245 * sum(_high(line) for _s, line in sheet.legend), wide=_NARROW
        )
    else:
        half = -(-len(sheet.legend) // 2)
        _legend(figure, sheet.legend[:half], x=0.02, y=0.29, wide=_NARROW)
        _legend(figure, sheet.legend[half:], x=0.27, y=0.29, wide=_NARROW)
        _notes(figure, sheet.notes, x=0.54, y=0.29, wide=2 * _NARROW)
    for at, line in enumerate(_wrapped("   |   ".join(sheet.footer), 230)[:4]):
        figure.text(0.02, 0.06 - 0.015 * at, line, fontsize=8.5, color="#444c56", va="center")


def _is_larger_beside(proportion_: float) -> bool:
    """Tell whether the map is drawn larger with the legend at its right than with the legend below.

    >>> _is_larger_beside(1.0), _is_larger_beside(2.9)
    (True, False)
    """
    beside, above = (
        min(width * PAPER[0] / proportion_, height * PAPER[1]) for _x, _y, width, height in (_BESIDE, _ABOVE)
    )
    return beside >= above


def _high(line: str) -> int:
    return len(_wrapped(line, _NARROW - 6)) or 1


def _legend(figure: Any, legend: Sequence[tuple[Style, str]], *, x: float, y: float, wide: int) -> None:
    """Draw swatches with their lines, downwards from ``y``."""
    from matplotlib.patches import Rectangle

    for style, line in legend:
        place: dict[str, Any] = {"width": 0.02, "height": 0.018, "transform": figure.transFigure}
        hatch = HATCHES.get(style.pattern, "")
        figure.add_artist(
            Rectangle((x, y - 0.009), facecolor=style.color, linewidth=0.0, edgecolor=ink(style), hatch=hatch, **place)
        )
        figure.add_artist(Rectangle((x, y - 0.009), fill=False, linewidth=0.8, edgecolor="#444c56", **place))
        for text in _wrapped(line, wide - 6):
            figure.text(x + 0.025, y, text, fontsize=11, color=INK, va="center")
            y -= _STEP
        y -= 0.007


def _notes(figure: Any, notes: Sequence[str], *, x: float, y: float, wide: int) -> None:
    for note in notes:
        for text in _wrapped(note, wide):
            if y < 0.08:
                return
            figure.text(x, y, text, fontsize=9.5, color=INK, va="center")
            y -= _STEP * 0.9
        y -= 0.006


def _wrapped(text: str, width: int) -> list[str]:
    """Return ``text`` in lines of at most ``width`` half-width characters; a Chinese character counts two.

    >>> _wrapped("one two three", 8), _wrapped("覆盖率很高", 4)
    (['one two', 'three'], ['覆盖', '率很', '高'])
    """
    lines, line, used = [], "", 0
    for word in _pieces(text):
        size = sum(2 if ord(character) > 0x2E7F else 1 for character in word)
        if used + size > width and line.strip():
            lines.append(line.strip())
            line, used = "", 0
        line, used = line + word, used + size
    return [*lines, line.strip()] if line.strip() else lines


def _pieces(text: str) -> list[str]:
    """Return words with the space behind them, and Chinese characters one by one; long words are cut."""
    pieces, word = [], ""
    for character in text:
        word += character
        if character == " " or ord(character) > 0x2E7F or len(word) >= 24:
            pieces.append(word)
            word = ""
    return [*pieces, word] if word else pieces
