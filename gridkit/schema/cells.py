"""Tables of a city in one shape, and findings about their cells."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import pandas as pd

from gridkit.model.fields import LAYER_FIELDS
from gridkit.rules import CATALOGUE

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from gridkit.model import City, Source

LISTED: Final = 50
"""More rows of one kind of finding in one column are told as one finding with their count."""


@dataclass(frozen=True)
class Table:
    """A layer or registry: ``frame`` (codes of a layer are a column too), ``subjects`` per row, ``sources``."""

    kind: str
    frame: pd.DataFrame
    subjects: pd.Series
    sources: Mapping[str, Source]

    def refs(self, rows: pd.DataFrame, field: str) -> list[str]:
        """Return the cells of ``field`` in ``rows``, in the order of the files."""
        found = sorted(zip(rows["src"], rows["row"].astype(int), strict=True))
        return [self.sources[src].cell(row, field) if src in self.sources else f"{src}!{row}" for src, row in found]

    def header(self, field: str, src: str) -> str:
        """Return the header of ``field`` in its file."""
        source = self.sources.get(src)
        return source.headers.get(field, field) if source is not None else field


def tables(city: City) -> Iterator[Table]:
    """Yield every layer and registry of a city."""
    sources = {source.name: source for source in city.sources}
    for level, layer in city.layers.items():
        frame = pd.DataFrame(layer.frame.drop(columns="geometry")).assign(code=layer.frame.index.to_numpy(dtype=object))
        yield Table(level, frame, pd.Series(frame.index, index=frame.index, dtype="object"), sources)
    for kind, registry in city.registries.items():
        frame = registry.frame
        yield Table(kind, frame, pd.Series(frame.index, index=frame.index, dtype="object"), sources)


def is_layer(kind: str) -> bool:
    """Tell whether ``kind`` is a level."""
    return kind in LAYER_FIELDS


def per_row(code: str, table: Table, rows: pd.DataFrame, field: str, **params: Any) -> Iterator[dict[str, Any]]:
    """Yield one finding per row, or one per file where they are many; the sentence gets ``n`` and ``header``."""
    rule = CATALOGUE[code]
    for src, found in rows.groupby("src", sort=True):
        header = table.header(field, str(src))
        if len(found) > LISTED:
            yield rule.found(str(src), refs=table.refs(found, field), header=header, n=len(found), **params)
            continue
        for label, row in found.groupby(level=0, sort=True):
            subject = str(table.subjects.loc[label])
            yield rule.found(subject, refs=table.refs(row, field), header=header, n=1, **params)


def per_value(code: str, table: Table, rows: pd.DataFrame, field: str, **params: Any) -> Iterator[dict[str, Any]]:
    """Yield one finding per distinct value of ``field`` and file; one per file where the values are many."""
    rule = CATALOGUE[code]
    for src, found in rows.groupby("src", sort=True):
        header = table.header(field, str(src))
        values = sorted({str(value) for value in found[field]})
        if len(values) > LISTED:
            shown = ", ".join(values[:10]) + " ..."
            yield rule.found(
                str(src), refs=table.refs(found, field), header=header, value=shown, n=len(found), **params
            )
            continue
        for value, same in found.groupby(found[field].astype(str), sort=True):
            first = same.sort_values(["src", "row"]).index[0]
            yield rule.found(
                str(table.subjects.loc[first]),
                refs=table.refs(same, field),
                header=header,
                value=str(value),
                n=len(same),
                **params,
            )
