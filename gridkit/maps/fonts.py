"""A font with Chinese characters for pictures that are drawn without a browser."""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING, Final

from gridkit.errors import OutputError
from gridkit.locale import N_

if TYPE_CHECKING:
    from collections.abc import Iterable

FAMILIES: Final = (
    "Source Han Sans SC", "Source Han Sans CN", "Noto Sans CJK SC", "Noto Sans SC", "Microsoft YaHei", "PingFang SC",
    "Hiragino Sans GB", "Heiti SC", "STHeiti", "SimHei", "DengXian", "WenQuanYi Micro Hei", "WenQuanYi Zen Hei",
    "Source Han Serif SC", "Noto Serif CJK SC", "SimSun", "STSong", "FangSong", "KaiTi", "Arial Unicode MS",
    "Droid Sans Fallback", "AR PL UMing CN", "AR PL UKai CN", "Noto Sans CJK JP", "Noto Serif CJK JP",
)  # fmt: skip
"""Families that hold simplified Chinese, those made for screens and maps first. A collection of fonts is known by its
first face, which for Noto CJK is the Japanese one; it has all characters."""
NAMED: Final = 6
"""Families that the message names when there is none."""


def needs_chinese(texts: Iterable[str]) -> bool:
    """Return whether any text has a Chinese character.

    >>> needs_chinese(["Map", "地图"]), needs_chinese(["Map"])
    (True, False)
    """
    return any("\u2e80" <= character <= "\u9fff" or character >= "\U00020000" for text in texts for character in text)


def family(texts: Iterable[str], *, known: Iterable[str] | None = None) -> str:
    """Return the font family to write ``texts`` with.

    Parameters
    ----------
    texts : iterable of str
    known : iterable of str, optional
        Families that the machine has; by default those that matplotlib finds.

    Raises
    ------
    OutputError
        There is a Chinese character and no font that holds any.

    Examples
    --------
    >>> family(["Map"]), family(["地图"], known=["SimHei", "Times"])
    ('DejaVu Sans', 'SimHei')
    """
    if not needs_chinese(texts):
        return "DejaVu Sans"
    have = set(installed() if known is None else known)
    found = next((name for name in FAMILIES if name in have), "")
    if not found and known is None:
        have = set(installed(anew=True))  # a font may have been installed since matplotlib last looked
        found = next((name for name in FAMILIES if name in have), "")
    if found:
        return found
    raise OutputError(
        N_("no font with Chinese characters was found, so the picture would show empty boxes"),
        remedy=N_(
            "install one of {names} (on Debian and Ubuntu: apt install fonts-noto-cjk), or use --lang en where the "
            "names of places are not Chinese"
        ),
        names=", ".join(FAMILIES[:NAMED]),
    )


def installed(*, anew: bool = False) -> list[str]:
    """Return the families that matplotlib finds; ``anew`` looks at the folders of the machine again."""
    from matplotlib import font_manager

    manager = font_manager.fontManager
    if anew:
        known = {font.fname for font in manager.ttflist}
        for file in font_manager.findSystemFonts():
            if file not in known:
                with contextlib.suppress(OSError, RuntimeError):  # not every file there is a font that can be read
                    manager.addfont(file)
    return sorted({font.name for font in manager.ttflist})
