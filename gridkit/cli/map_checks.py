"""What of a ``gridkit map`` command line can be refused before anything is read: reading a city takes a while."""

from __future__ import annotations

import errno
import os
from typing import TYPE_CHECKING, Any, Final

from gridkit import errors
from gridkit.io.map_settings import FIELDS
from gridkit.locale import N_, gettext, speaking
from gridkit.writing import unwritable

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

_PAGES: Final = (".html", ".htm")
_PICTURES: Final = (".png", ".jpg", ".jpeg", ".tif", ".tiff", ".svg", ".pdf")
_CALLED: Final = {"unit": N_("Unit it belongs to"), "initials": N_("Pinyin initials")}
"""Fields whose word on the page is another than theirs."""


def check_output(output: Path | None, *, by_street: bool, png: bool) -> None:
    """Refuse a place where the map could not be written, or whose ending says something else than what is asked for.

    Raises
    ------
    gridkit.errors.UsageError
        The ending is that of something else; a folder where a file is to be, or a file where a folder is to be.
    gridkit.errors.OutputError
        The folder of the file does not exist, or nobody may write there.
    """
    if output is None:
        return
    if by_street:
        if output.exists() and not output.is_dir():
            raise errors.UsageError(
                N_("--by-street writes a folder, and {path} is a file"), remedy=N_("name a folder"), path=str(output)
            )
        return
    _check_ending(output, png=png)
    if output.is_dir():
        raise errors.UsageError(
            N_("{path} is a folder"),
            remedy=N_("name the file as well: {file}"),
            path=str(output),
            file=str(output / ("map.png" if png else "map.html")),
        )
    folder = output.absolute().parent
    if not folder.is_dir():
        raise unwritable(output, OSError(errno.ENOENT, os.strerror(errno.ENOENT)))
    if not os.access(folder, os.W_OK):
        raise unwritable(output, OSError(errno.EACCES, os.strerror(errno.EACCES)))


def _check_ending(output: Path, *, png: bool) -> None:
    ending = output.suffix.lower()
    if png and ending in (*_PAGES, *(one for one in _PICTURES if one != ".png")):
        raise errors.UsageError(
            N_("--png writes a PNG picture, but the file is called {name}"),
            remedy=N_("let its name end in .png, or leave out --png for a page"),
            name=output.name,
        )
    if not png and ending in _PICTURES:
        raise errors.UsageError(
            N_("without --png a page is written, but the file is called {name}"),
            remedy=N_("let its name end in .html, or add --png for a picture"),
            name=output.name,
        )


def check_base(basemap: str | None) -> None:
    """Refuse a base map that there is not, or whose key is missing."""
    if basemap and basemap != "none":
        from gridkit.maps.basemaps import base_map

        base_map(basemap)


def check_source(source: Path | None) -> None:
    """Refuse a source that does not exist; that a folder holds no project is told where the project is read."""
    if source is not None and not source.exists():
        raise errors.InputError(
            N_("there is no such file or folder"),
            place=str(source),
            remedy=N_("correct the path: it is that of a gridkit.toml, of its folder, or of a run folder"),
        )


def fields_of(text: str | None) -> list[str]:
    """Return the fields that a list with commas names, by their names or by the words that the page has for them.

    Raises
    ------
    gridkit.errors.UsageError
        There is no such field; it lists those that there are, with their words.

    Examples
    --------
    >>> fields_of("name, Households"), fields_of("户数，小区类型")
    (['name', 'households'], ['households', 'type'])
    """
    asked = [name.strip() for name in (text or "").replace("，", ",").replace("、", ",").split(",") if name.strip()]
    words: dict[str, str] = {}
    for language in ("zh", "en"):
        with speaking(language):
            words |= {word.casefold(): field for field, word in called().items()}
    words |= _ALSO
    strange = [name for name in asked if name not in FIELDS and name.casefold() not in words]
    if strange:
        known = called()
        said = [gettext("{field} ({word})").format(field=field, word=known[field]) for field in FIELDS]
        raise errors.UsageError(
            N_("{field} is not a field of the map"),
            remedy=N_("choose of: {known}"),
            field=", ".join(strange),
            known=gettext(", ").join(said),
        )
    return list(dict.fromkeys(name if name in FIELDS else words[name.casefold()] for name in asked))


_ALSO: Final = {
    "小区名称": "name", "小区类型": "type", "住户数": "households", "党员数": "formal_members",
    "正式党员数": "formal_members", "覆盖状态": "status", "物业公司": "company", "所属单位": "unit",
    "街道": "street", "社区": "community", "网格": "grid",
}  # fmt: skip
"""Words of offices for fields, besides those of the page."""


def called() -> dict[str, str]:
    """Return field -> the word that the page has for it, in the current language."""
    from gridkit.maps.words import ONE_OF, page_words, said

    words = {**page_words(), **said(ONE_OF), **said(_CALLED)}
    more = {"organisation": N_("organisation coverage"), "work": N_("work coverage"), "valid": N_("Validity")}
    return {field: str(words.get(field) or gettext(more.get(field, field))) for field in FIELDS}


def without_toml(problem: errors.InputError) -> errors.InputError:
    """Return an error of a file given with ``--layer`` with a remedy that can be followed without a project file."""
    if "gridkit.toml" in problem.remedy:
        problem.remedy = N_(
            "--layer takes boundary files, and tables that have columns of longitude and latitude; correct the path"
        )
    return problem


def check_wish(wish: Mapping[str, Any]) -> None:
    """Refuse a profile, field or base map that there is not."""
    from gridkit.maps.profiles import Options

    Options(profile=wish["profile"] or "internal", fields=fields_of(wish["fields"]))
    check_base(wish["basemap"])
