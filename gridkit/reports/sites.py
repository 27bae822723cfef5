"""Compounds as a visit finds them: name, place, what is recorded, why, and where that stands."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from gridkit.model.fields import COMMUNITY, STREET
from gridkit.model.samples import SITE_COLUMNS
from gridkit.reports.names import Names

if TYPE_CHECKING:
    from gridkit.model import Run


def sites(run: Run) -> pd.DataFrame:
    """Return what is known of every compound of a run.

    Returns
    -------
    pandas.DataFrame
        ``SITE_COLUMNS``, indexed by code, sorted: names of street and community, ``status`` (a code), ``shade``
        (``""`` where nobody has asked), ``reason`` (a dict for :func:`gridkit.audit.shades.say_shade`, or empty),
        ``cells`` (tuple).
    """
    names, cover = Names.of(run), run.coverage.frame.sort_index()
    place = run.places.frame.reindex(cover.index)
    told = run.result.shades.reindex(cover.index)
    because = [value if isinstance(value, dict) else {} for value in told["because"]]
    data = {
        "name": run.attributes.frame["name"].reindex(cover.index).fillna("").to_numpy(dtype=object),
        "street": names.places(STREET, place[STREET]),
        "community": names.places(COMMUNITY, place[COMMUNITY]),
        "status": cover["status"].to_numpy(dtype=object),
        "shade": told["shade"].fillna("").to_numpy(dtype=object),
        "reason": pd.Series(because, dtype=object).to_numpy(),
        "cells": cover["refs"].to_numpy(dtype=object),
    }
    return pd.DataFrame(data, index=cover.index.rename("code"), dtype=object)[list(SITE_COLUMNS)]
