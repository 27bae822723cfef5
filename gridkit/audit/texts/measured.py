"""Which indicator measures a share that a text states, and which definition the text declares for it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from gridkit.locale import N_

if TYPE_CHECKING:
    from collections.abc import Sequence

    from gridkit.audit.texts.figures import Figure

_ORGANISED: Final = "(?:党的?组织|党建|党支部|支部|组织)"
_RULES: Final[tuple[tuple[str, tuple[str, ...]], ...]] = (
    (r"单位.{0,12}社区.{0,10}结对|社区.{0,10}单位.{0,12}结对", ("pairing.units", "pairing.communities")),
    (r"小区.{0,6}结对(?!.*单位)|结对小区", ("pairing.compounds",)),
    (r"社区.{0,4}结对(?!.*(?:单位|小区))", ("pairing.communities",)),
    (r"结对", ("pairing.units",)),
    (r"党员.{0,4}占.{0,4}(?:业委会|业主委员会)", ("owners.party_share",)),
    (r"(?:业委会|业主委员会).{0,6}党员.{0,6}(?:比例|占比|比重|占)", ("owners.party_share",)),
    (r"专属网格.{0,12}(?:小组|支部|党组织)", ("exclusive.group_rate",)),
    (r"网格.{0,8}支部(?:或|和|、|及)(?:者)?(?:党)?小组", ("grids.branch_or_group_rate",)),
    (r"网格.{0,8}支部|支部.{0,4}建在网格", ("grids.branch_rate",)),
    (r"网格.{0,8}(?:党小组|党组织|党的组织)", ("grids.branch_or_group_rate",)),
    (r"物业(?:服务)?(?:企业|公司).{0,10}(?:党组织|支部|党的组织)", ("property.organisation_rate",)),
    (r"物业(?:服务)?(?:企业|公司).{0,4}组织覆盖", ("property.organisation_rate",)),
    (r"(?:业委会|业主委员会|物管会).{0,8}(?:覆盖|组建率|成立率)", ("governance.body_rate",)),
    (r"每个.{0,2}小区.{0,10}(?:业委会|业主委员会)", ("governance.body_rate",)),
    (r"组织和工作覆盖|组织覆盖和工作覆盖", ("coverage.organisation.declared", "coverage.work.declared")),
    (r"工作.{0,2}覆盖", ("coverage.work.declared",)),
    (rf"{_ORGANISED}(?!书记).{{0,3}}(?:全面|全)?覆盖", ("coverage.organisation.declared",)),
    (r"小区.{0,10}(?:党组织|支部)", ("coverage.organisation.declared",)),
    (r"覆盖.{0,6}(?:党的?组织|党支部)(?!书记)", ("coverage.organisation.declared",)),
    (r"(?:承诺|认领)(?:办理)?率", ("ledger.promised",)),
    (r"兑现率|履诺率|践诺率|履约率", ("ledger.resolved_of_promised",)),
    (r"(?:承诺|认领)[^,，。;；]{0,12}(?:办结|解决|化解|办理|完成)率", ("ledger.resolved_of_promised",)),
    (r"(?:办结|解决|化解|办理)率", ("ledger.resolved",)),
    (r"需求.{0,6}(?:对接|匹配|满足|回应)率", ("lists.match_rate",)),
)  # fmt: skip
"""What a passage says -> the indicators that measure it; the first that fits decides."""

_FOUNDED: Final = re.compile(r"^(?:党的?组织|党支部|支部|组织)?(?:组建|成立|建立|设立)?率$")
"""A rate that names no subject: 组建率, behind the counts that say of what."""

_OF_WHAT: Final[tuple[tuple[str, str, str], ...]] = (
    (r"网格", r"(?:党支部|支部)$", "grids.branch_rate"),
    (r"网格", r"(?:党小组|党组织)$", "grids.branch_or_group_rate"),
    (r"物业(?:服务)?(?:企业|公司)", r"(?:党的?组织|党支部|支部)$", "property.organisation_rate"),
)
"""What is counted first, what second -> the indicator of the rate that follows both."""

_COMPILED: Final = tuple((re.compile(words), found) for words, found in _RULES)
_BARE: Final = re.compile(r"^(?:党的?组织|组织|工作|党建|)(?:覆盖率?|全覆盖)?$|^$")
_CHANGED: Final = re.compile(
    r"(?:提高|增长|上升|提升|增加|下降|减少|降低|压减|精简|增幅|降幅|减幅|同比|环比)(?:了|约)?$"
)

COUNTED: Final = N_("a count; indicators measure shares")
CHANGED: Final = N_("a change, not a share")
WAS: Final = N_("what it was before; the figure that follows is the claim")
UNNAMED: Final = N_("the text does not say which place: {place}")
UNMEASURED: Final = N_("no indicator measures this")

_DECLARED: Final[tuple[tuple[str, str, str], ...]] = (
    ("weight", "households", r"按户数|户数(?:计|口径)|以户数|住户覆盖"),
    ("weight", "residents", r"按人口|以人口|人口(?:计|口径)|居民覆盖"),
    ("weight", "area", r"按面积|以面积|面积(?:计|口径)"),
    ("denominator", "not_exempt", r"(?:除|不含|剔除|扣除)单位(?:型|自管)?小区"),
    ("denominator", "eligible", r"符合条件的?小区|应建小区"),
    ("denominator", "members3", r"(?:3|三)(?:名|人)以上(?:正式)?党员的?小区|正式党员(?:3|三)(?:名|人)以上的?小区"),
    ("denominator", "property", r"有物业(?:服务|管理)?的?小区"),
    ("numerator", "own", r"单独(?:组建|建立|建)(?!.{0,3}[、和或])"),
    ("numerator", "valid", r"正常运转|有效覆盖|规范运行"),
)


def measured_by(figure: Figure) -> tuple[tuple[str, ...], str]:
    """Return the indicators that measure a figure, or else why none does.

    Parameters
    ----------
    figure : Figure
        One figure of a text.

    Returns
    -------
    indicators : tuple of str
        Ids; several where the passage states several at once; empty where none measures it.
    reason : str
        Why there is none, an English template; "" otherwise.

    Examples
    --------
    >>> from gridkit.audit.texts.figures import figures_in
    >>> [measured_by(one)[0] for one in figures_in("组织覆盖率达96%，满意率达98%，在每个网格成立党支部。")]
    [('coverage.organisation.declared',), (), ('grids.branch_rate',)]
    """
    if figure.kind == "count":
        return (), COUNTED
    if figure.unit != "%" or (figure.kind == "share" and _CHANGED.search(figure.lead)):
        return (), CHANGED
    respective = figure.noun if "分别" in figure.lead or (figure.lead and not figure.lead.strip("、,，和")) else ""
    if figure.was:
        return (), WAS
    if figure.place_kind == "unnamed":
        return (), UNNAMED
    windows = [respective] if respective else [figure.noun, figure.clause]
    if not respective and (figure.kind == "full" or _BARE.match(figure.noun)):
        windows.append(figure.before)
    for window in windows:
        for words, found in _COMPILED:
            if words.search(window):
                return found, ""
    return (), UNMEASURED


def measured_beside(figure: Figure, counts: Sequence[Figure]) -> tuple[str, ...]:
    """Return the indicator of a rate without a subject, by the two counts right before it.

    >>> from gridkit.audit.texts.figures import figures_in
    >>> *counts, rate = figures_in("全市综合网格11个，建立网格党支部6个，组建率62.5%。")
    >>> measured_beside(rate, counts)
    ('grids.branch_rate',)
    """
    if figure.kind != "share" or figure.was or _FOUNDED.match(figure.noun) is None or len(counts) != 2:
        return ()
    whole, part = counts
    for of, what, found in _OF_WHAT:
        if re.search(of, whole.noun) and re.search(what, part.noun) and not re.search("专属", whole.noun + part.noun):
            return (found,)
    return ()


def declared_in(clause: str) -> dict[str, str]:
    """Return the words of a definition that a clause declares.

    >>> declared_in("符合条件的小区按户数计组织覆盖率达100%"), declared_in("组织覆盖率达100%")
    ({'weight': 'households', 'denominator': 'eligible'}, {})
    """
    found: dict[str, str] = {}
    for key, word, words in _DECLARED:
        if re.search(words, clause):
            found.setdefault(key, word)
    return found
