"""The reader's language: English source strings, a complete Chinese catalogue.

``gettext`` looks the language up when it is called, so a sentence is put into words late, in the language of whoever
reads it. A string that is written down in one place and shown in another (a constant, a rule text, an error template)
is marked with ``N_`` where it is written and passed to ``gettext`` where it is shown.

Where nobody has chosen a language, it is that of the process's locale, and Chinese where the locale names none of ours.
"""

from __future__ import annotations

import gettext as _gettext
import os
from contextlib import contextmanager
from contextvars import ContextVar
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

LANGUAGES = ("zh", "en")
DEFAULT_LANGUAGE = "zh"
_FOLDERS = {"zh": "zh_CN"}
_language: ContextVar[str] = ContextVar("gridkit_language", default="")


def N_(message: str) -> str:
    """Mark ``message`` for translation and return it unchanged."""
    return message


@cache
def _catalogue(language: str) -> _gettext.NullTranslations:
    if language not in _FOLDERS:
        return _gettext.NullTranslations()
    return _gettext.translation("gridkit", Path(__file__).parent, [_FOLDERS[language]], fallback=True)


def gettext(message: str) -> str:
    """Return ``message`` in the current language; the message itself where the language is English.

    >>> with speaking("en"):
    ...     gettext("covered")
    'covered'
    """
    return _catalogue(current()).gettext(message) if message else ""


def use(language: str) -> None:
    """Make ``language`` (``zh`` or ``en``) the current one."""
    if language not in LANGUAGES:
        raise ValueError(language)
    _language.set(language)


def current() -> str:
    """Return the current language, ``zh`` or ``en``: the chosen one, else that of the locale, else Chinese."""
    return _language.get() or from_environment() or DEFAULT_LANGUAGE


def chosen() -> str:
    """Return the language that :func:`use` or :func:`speaking` chose; empty where nobody has chosen one."""
    return _language.get()


@contextmanager
def speaking(language: str) -> Iterator[None]:
    """Use ``language`` inside a ``with`` block."""
    token = _language.set(language)
    try:
        yield
    finally:
        _language.reset(token)


def from_environment() -> str | None:
    """Return the language that the locale of the process asks for, or None where it names neither of ours."""
    for variable in ("LC_ALL", "LC_MESSAGES", "LANG"):
        value = os.environ.get(variable, "")
        if value:
            return next((language for language in LANGUAGES if value.lower().startswith(language)), None)
    return None
