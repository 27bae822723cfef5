"""Count ratios: how many things that cover there are per thing to be covered, and why that decides nothing."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from gridkit.audit.figures import UNDETERMINED
from gridkit.audit.format import percent
from gridkit.audit.texts.sums import counts_of
from gridkit.locale import N_, gettext

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from gridkit.audit.texts.figures import Figure

_COVERED: Final = ("网格", "小区", "社区", "街道", "楼栋", "物业企业")
_COVERING: Final = re.compile(
    r"(?:党?支部|党?小组|党总支|党组织|服务中心|服务站点?|驿站|业委会|业主委员会|物管会|物业管理委员会)$"
)
_ORGANISATION: Final = re.compile(r"(?:支部|小组|党总支|党组织)$")
_ALL: Final = re.compile(r"^(?:城市|城镇|居民|综合|基础|全科|社区|街道|住宅)*?(网格|小区|社区|街道|楼栋)$")
_SOME: Final = re.compile(
    r"^(?:城市|城镇|居民|综合|社区|街道|住宅|有|无|物业|老旧|单位型?|商品房|安置|新建|三无|开放式)*(网格|小区|社区|街道|楼栋)$"
)
_FOUNDED: Final = re.compile(r"(?:已|均|都|全部|共|全覆盖|新)*(?:成立|建立|设立|组建|配备|完成|升格|单独)")

SEVERAL: Final = N_("one of them may serve several, and several may serve one: the counts do not say which")
AMONG: Final = N_("the {count} of “{noun}” may be among the {whole} of “{of}”")
REDACTED: Final = N_("a count is redacted")


@dataclass(frozen=True, slots=True)
class CountRatio:
    """A count of things that cover over the count of things to be covered: ``undetermined without rows``, always.

    ``covering`` are the figures in the numerator, ``covered`` the one in the denominator; ``numerator`` is None where
    one of them is redacted. ``claimed`` is the sentence that claims full coverage of them, "" where none does.
    ``reasons`` are templates and values for :meth:`why`.
    """

    covering: tuple[Figure, ...]
    covered: Figure
    numerator: int | None
    denominator: int | None
    claimed: str
    reasons: tuple[tuple[str, tuple[tuple[str, str], ...]], ...]
    verdict: str = UNDETERMINED

    @property
    def share(self) -> str:
        """The ratio as text; ``—`` where a count is redacted."""
        if self.numerator is None or self.denominator is None:
            return "—"
        found = percent(self.numerator, self.denominator)
        return "100.0%" if found == "100%" else found

    @property
    def noun(self) -> str:
        """What covers and what is covered, as the text names them."""
        return f"{' + '.join(one.noun for one in self.covering)} / {self.covered.noun}"

    def why(self) -> list[str]:
        """Return the reasons for the verdict in the current language."""
        return [gettext(template).format(**dict(values)) for template, values in self.reasons]


def count_ratios(figures: Sequence[Figure]) -> tuple[CountRatio, ...]:
    """Return the count ratios of a text.

    A count of what covers (branches, groups, service centres, owners' committees) is set against the count of places
    that its own noun names (网格党支部 against 综合网格), or that stands in the same sentence. Organisations that are
    told together are added up one by one: 194 branches of 1,359 grids, 194 + 1,165 branches and groups.

    Examples
    --------
    >>> from gridkit.audit.texts.figures import figures_in
    >>> text = "划分综合网格1359个。建立网格党支部194个,党小组1165个。建立专属网格党小组173个,实现全覆盖。"
    >>> [(one.numerator, one.denominator, one.share) for one in count_ratios(figures_in(text))]
    [(194, 1359, '14.3%'), (1359, 1359, '100.0%')]
    """
    told = _Told(figures)
    found: list[CountRatio] = []
    for at, one in enumerate(told.counts):
        place = told.place_of(one)
        if place is None:
            continue
        for group in _groups(at, told.counts, place):
            ratio = told.ratio(group, place)
            if ratio.numerator is None or ratio.denominator is None or ratio.numerator <= ratio.denominator:
                found.append(ratio)
    return tuple(found)


def _kind(one: Figure, words: re.Pattern[str]) -> str:
    """Return which places a figure counts, "" where it counts others, or those that have something already."""
    hit = words.search(one.noun)
    if hit is None or "专属" in one.noun:
        return ""
    behind = one.clause.rpartition(one.noun)[2] if one.noun in one.clause else ""
    return "" if _FOUNDED.match(behind) else hit[1]


class _Told:
    """The counts of a text by what they count, looked up once."""

    def __init__(self, figures: Sequence[Figure]) -> None:
        self.counts = [one for one in figures if one.kind == "count" and (one.exact or one.redacted)]
        self._all: dict[str, Figure] = {}
        self._some: dict[int, list[Figure]] = {}
        for one in self.counts:
            whole, some = _kind(one, _ALL), _kind(one, _SOME)
            if whole and (whole not in self._all or (one.value or 0) > (self._all[whole].value or 0)):
                self._all[whole] = one
            if some:
                self._some.setdefault(one.at, []).append(one)
        self._special = [one for one in counts_of(figures) if "专属" in one.noun]
        self._claims = [one for one in figures if one.kind == "full" or (one.kind == "share" and one.value == 100)]

    def place_of(self, one: Figure) -> Figure | None:
        """Return the places that ``one`` covers: all of those its noun names, or some in the same sentence."""
        hit = _COVERING.search(one.noun)
        if hit is None or "专属" in one.noun:
            return None
        named = [kind for kind in _COVERED if kind in one.noun[: hit.start()]]
        if named:
            return self._all.get(named[0]) if len(named) == 1 else None
        near = self._some.get(one.at, [])
        return max(near, key=lambda other: (other.start < one.start, -abs(other.start - one.start)), default=None)

    def ratio(self, group: tuple[Figure, ...], place: Figure) -> CountRatio:
        """Return the count of a group over the count of places, with the reasons why it decides nothing."""
        if place.redacted or any(one.redacted for one in group):
            return CountRatio(group, place, None, None, self._claimed(group[0], place), ((REDACTED, ()),))
        reasons = [(SEVERAL, ()), *(_among(inner, one) for one in group for inner in self._inside(one))]
        numerator = int(sum(one.value or 0 for one in group))
        return CountRatio(
            group, place, numerator, int(place.value or 0), self._claimed(group[0], place), tuple(reasons)
        )

    def _claimed(self, one: Figure, place: Figure) -> str:
        kind = _kind(place, _SOME)
        return next((claim.sentence for claim in self._claims if claim.at == one.at or kind in claim.clause), "")

    def _inside(self, one: Figure) -> list[Figure]:
        """Return the counts that may be part of ``one``: the same things of a special kind, and fewer."""
        head = _COVERING.search(one.noun)
        return [
            other
            for other in self._special
            if head and other.noun.endswith(head[0]) and (other.value or 0) < (one.value or 0)
        ]


def _groups(at: int, counts: list[Figure], place: Figure) -> Iterator[tuple[Figure, ...]]:
    """Yield the figure alone, then with each organisation that is told right behind it, while they fit."""
    group = [counts[at]]
    yield tuple(group)
    for other in counts[at + 1 :]:
        together = other.at == counts[at].at and _ORGANISATION.search(other.noun) and "专属" not in other.noun
        if not together or not _ORGANISATION.search(counts[at].noun) or other.redacted or group[-1].redacted:
            return
        group.append(other)
        if sum(one.value or 0 for one in group) > (place.value or 0):
            return
        yield tuple(group)


def _among(inner: Figure, one: Figure) -> tuple[str, tuple[tuple[str, str], ...]]:
    values = {"count": f"{int(inner.value or 0):,}", "noun": inner.noun, "whole": f"{int(one.value or 0):,}"}
    return AMONG, tuple(sorted({**values, "of": one.noun}.items()))
