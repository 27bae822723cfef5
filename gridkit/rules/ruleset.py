"""Declarative coverage rule sets: a TOML text with a small vocabulary of predicates, checked as a whole.

A rule set says in which order the coverage rules are tried, what each needs, which statuses count as organisation and
as work coverage, when silence means "no", and the thresholds of the consistency findings. It holds no code: the
predicates are the fields of :class:`Predicates`, and :mod:`gridkit.coverage` turns each into an array.
"""

from __future__ import annotations

import tomllib
from importlib import resources
from typing import TYPE_CHECKING, Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator, model_validator

from gridkit.errors import InputError
from gridkit.locale import N_, gettext
from gridkit.model.fields import REGISTRY_FIELDS, STATUSES, VOCABULARIES

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from pydantic_core import ErrorDetails

BUNDLED = ("strict",)
"""Names of the rule sets that come with the programme."""

TEXTS = (
    N_("a unit-run compound is covered through the unit's organisation or the retired-cadre organisation, with evidence (big-committee membership or a signed agreement)"),  # noqa: E501
    N_("a compound branch names this compound alone"),
    N_("a joint branch, or a compound branch that names several compounds, names it"),
    N_("it lies in a grid that a grid branch names, or a grid branch names it"),
    N_("a functional branch of in-service members names it"),
    N_("it has a party-building instructor, or a unit is paired with it"),
    N_("a branch for it is decided but not founded"),
    N_("the registry of party organisations is declared complete and does not name it, and no open link could"),
    N_("nothing that counts is recorded for it, and nothing says that it is uncovered"),
)  # fmt: skip
"""The rule texts of the bundled sets, marked for translation (the TOML file itself is not scanned)."""

OF_RECORD = frozenset(
    {"branch_kind", "branch_status", "not_level", "through", "names", "evidence", "in_term", "enough_members"}
)
"""The predicates that speak of one record; the others speak of the compound."""

_YESNO = ("yes", "no", "unknown")
_Count = Annotated[int, Field(ge=0, le=1_000_000)]
CIRCULAR = N_(
    "{ids}: a rule that asks for 'silent' or 'open' cannot give a status that counts, as it would wait for itself"
)
MOST_ERROR = 0.5
"""With more than half of the links wrong there is nothing to audit."""


def _among(allowed: tuple[str, ...]) -> Any:
    def check(values: tuple[str, ...]) -> tuple[str, ...]:
        strange = sorted(set(values) - set(allowed))
        if strange:
            raise ValueError(gettext("not one of {allowed}: {values}").format(
                allowed=", ".join(allowed), values=", ".join(strange)))  # fmt: skip
        return values

    return check


class _Frozen(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Predicates(_Frozen):
    """What must hold, all of it; a field left out asks nothing.

    Of one record that names the compound: ``branch_kind``, ``branch_status``, ``not_level`` (organisation levels that
    do not count), ``through`` (``covers``: named in its list; ``grid``: the compound lies in a named grid; ``unit``:
    the unit of the record owns it or has premises in it), ``names`` (how many places the record names), ``evidence``
    (big-committee membership or agreement), ``in_term``, ``enough_members``. Of the compound: ``compound_type``,
    ``eligible``, ``instructor``, ``paired``, ``members_at_least``, ``complete`` (registries declared complete where it
    lies), ``silent`` (organisation or work coverage is known to be "no"), ``open`` (a rule waits for a link).
    """

    branch_kind: tuple[str, ...] = ()
    branch_status: tuple[str, ...] = ()
    not_level: tuple[str, ...] = ()
    through: tuple[Literal["covers", "grid", "unit"], ...] = ()
    names: Literal["", "alone", "several"] = ""
    evidence: bool | None = None
    in_term: bool | None = None
    enough_members: bool | None = None
    compound_type: tuple[str, ...] = ()
    eligible: tuple[str, ...] = ()
    instructor: tuple[str, ...] = ()
    paired: bool | None = None
    members_at_least: _Count | None = None
    complete: tuple[str, ...] = ()
    silent: tuple[Literal["organisation", "work"], ...] = ()
    open: bool | None = None

    _kinds = field_validator("branch_kind")(_among(VOCABULARIES["branch_kind"]))
    _states = field_validator("branch_status")(_among(VOCABULARIES["branch_status"]))
    _levels = field_validator("not_level")(_among(VOCABULARIES["org_level"]))
    _types = field_validator("compound_type")(_among(VOCABULARIES["compound_type"]))
    _answers = field_validator("eligible", "instructor")(_among(_YESNO))
    _registries = field_validator("complete")(_among(tuple(REGISTRY_FIELDS)))

    @property
    def of_record(self) -> bool:
        """Whether any predicate speaks of a record that names the compound."""
        return bool(self.model_fields_set & OF_RECORD)

    @property
    def of_outcome(self) -> bool:
        """Whether any predicate speaks of the outcome of the other rules."""
        return bool(self.silent) or self.open is not None


class CoverRule(_Frozen):
    """One rule: if ``when`` and any table of ``needs`` hold, the compound has ``status``."""

    id: str = Field(pattern=r"^[A-Z][A-Z0-9_]*$")
    status: str
    text: str
    source: str
    when: Predicates = Predicates()
    needs: tuple[Predicates, ...] = ()

    @field_validator("status")
    @classmethod
    def _status(cls, value: str) -> str:
        _among(STATUSES)((value,))
        return value

    @model_validator(mode="after")
    def _when_speaks_of_the_compound(self) -> CoverRule:
        if self.when.of_record or self.when.of_outcome:
            raise ValueError(gettext("'when' may only ask about the compound; put the rest into 'needs'"))
        return self

    @property
    def of_outcome(self) -> bool:
        """Whether the rule asks about the outcome of the other rules."""
        return any(needs.of_outcome for needs in self.needs)

    @property
    def always(self) -> bool:
        """Whether the rule holds for every compound."""
        return not self.needs and self.when == Predicates()


class Counting(_Frozen):
    """Which statuses count, and any of what must hold so that silence means "no"."""

    statuses: tuple[str, ...]
    silence: tuple[Predicates, ...]

    _known = field_validator("statuses")(_among(STATUSES[:6]))

    @field_validator("silence")
    @classmethod
    def _of_the_compound(cls, value: tuple[Predicates, ...]) -> tuple[Predicates, ...]:
        if any(table.of_record or table.of_outcome for table in value):
            raise ValueError(gettext("'silence' may only ask about the compound"))
        return value


class Thresholds(_Frozen):
    """Numbers of the rules and findings (persons, places, metres, years)."""

    min_formal_members: _Count = 3
    joint_max_units: _Count = 5
    joint_max_span_m: _Count = 1500
    branch_max_members: _Count = 50
    term_max_years: _Count = 5
    new_branch_years: _Count = 3
    league_min_compounds: _Count = 5
    joint_hard_units: _Count = 10
    pairing_far_m: _Count = 3000
    instructor_max_compounds: _Count = 5
    copied_min_rows: _Count = 5
    copied_min_columns: _Count = 3
    round_min_values: _Count = 20
    round_percent: _Count = 50
    chance_one_in: _Count = 1000

    @model_validator(mode="after")
    def _in_range(self) -> Thresholds:
        """Branches have members, joint ones places, copies two rows at least; a share has an end, and so has chance."""
        for name, least, most in (
            ("min_formal_members", 1, None),
            ("joint_max_units", 2, None),
            ("branch_max_members", 1, None),
            ("copied_min_rows", 2, None),
            ("copied_min_columns", 1, None),
            ("round_min_values", 1, None),
            ("round_percent", 1, 100),
            ("chance_one_in", 1, None),
        ):
            value = getattr(self, name)
            if value < least:
                raise ValueError(gettext("{name} must be at least {least}").format(name=name, least=least))
            if most is not None and value > most:
                raise ValueError(gettext("{name} must be at most {most}").format(name=name, most=most))
        return self


class Auditing(_Frozen):
    """What the audit assumes where nobody has looked: ``link_error``, the share of accepted links that may be wrong."""

    link_error: Annotated[float, Field(ge=0, le=MOST_ERROR)] = 0.01


class Words(_Frozen):
    """Words of registries that the findings must understand."""

    claims_nothing: tuple[str, ...] = ()
    claims_organisation: tuple[str, ...] = ()
    functional: tuple[str, ...] = ()


class RuleSet(_Frozen):
    """A checked rule set; ``rules`` in the order in which they are tried."""

    name: str
    thresholds: Thresholds = Thresholds()
    audit: Auditing = Auditing()
    organisation: Counting
    work: Counting
    words: Words = Words()
    rules: tuple[CoverRule, ...]

    @model_validator(mode="after")
    def _whole(self) -> RuleSet:
        ids = [rule.id for rule in self.rules]
        twice = sorted({name for name in ids if ids.count(name) > 1})
        if twice:
            raise ValueError(gettext("rule ids must differ: {ids}").format(ids=", ".join(twice)))
        counted = {*self.organisation.statuses, *self.work.statuses}
        circular = [rule.id for rule in self.rules if rule.of_outcome and rule.status in counted]
        if circular:
            raise ValueError(gettext(CIRCULAR).format(ids=", ".join(circular)))
        if not self.rules or not self.rules[-1].always:
            raise ValueError(gettext("the last rule must hold for every compound (neither 'when' nor 'needs')"))
        return self

    def rule(self, name: str) -> CoverRule:
        """Return the rule with the id ``name``; raises KeyError where there is none."""
        for rule in self.rules:
            if rule.id == name:
                return rule
        raise KeyError(name)


def load_ruleset(name_or_text: str = "strict") -> RuleSet:
    """Return the bundled rule set of that name, or the one written in a TOML text.

    Raises
    ------
    InputError
        Where the text is not TOML or not a rule set; all mistakes are named at once.

    Examples
    --------
    >>> load_ruleset("strict").organisation.statuses
    ('UNIT_ORG', 'OWN_BRANCH', 'JOINT_BRANCH')
    """
    text = name_or_text
    if name_or_text in BUNDLED:
        text = (resources.files("gridkit.rules") / "sets" / f"{name_or_text}.toml").read_text("utf-8")
    elif "\n" not in name_or_text and "=" not in name_or_text:
        raise InputError(
            N_("there is no coverage rule set named {name!r}"),
            remedy=N_("use one of {names}, or the path of a .toml file"),
            name=name_or_text,
            names=", ".join(BUNDLED),
        )
    try:
        document = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise RuleSetError([("", gettext("it is not valid TOML: {error}").format(error=error))]) from error
    return _checked(document)


def override(ruleset: RuleSet, changes: Mapping[str, Any]) -> RuleSet:
    """Return ``ruleset`` with local policy: statuses that count (``organisation``, ``work``), thresholds, audit.

    Parameters
    ----------
    ruleset : RuleSet
        The set to start from.
    changes : Mapping
        As in the ``[coverage]`` table of a project: ``{"organisation": ["OWN_BRANCH", "GRID_BRANCH"],
        "thresholds": {"joint_max_units": 4}}``. An ``organisation`` list replaces the old one.

    Raises
    ------
    InputError
        Naming all mistakes at once.

    Examples
    --------
    >>> strict = load_ruleset("strict")
    >>> local = override(strict, {"organisation": [*strict.organisation.statuses, "GRID_BRANCH"]})
    >>> local.name, local.organisation.statuses[-1]
    ('strict+organisation', 'GRID_BRANCH')
    """
    if not changes:
        return ruleset
    strange = sorted(set(changes) - {"organisation", "work", "thresholds", "audit"})
    if strange:
        said = gettext("unknown key; it may hold ruleset, organisation, work, thresholds and audit")
        raise RuleSetError((name, said) for name in strange)
    document = ruleset.model_dump(exclude_unset=True)
    for name in ("organisation", "work"):
        if name in changes:
            document[name] = {**document[name], "statuses": changes[name]}
    for name in ("thresholds", "audit"):
        if name in changes:
            stated = changes[name]
            document[name] = {**document.get(name, {}), **stated} if isinstance(stated, dict) else stated
    document["name"] = "+".join([ruleset.name, *sorted(changes)])
    return _checked(document)


_SENTENCES = {
    "extra_forbidden": N_("unknown key"),
    "missing": N_("must be given"),
    "greater_than_equal": N_("must not be negative"),
    "less_than_equal": N_("must not be more than {most}"),
    "float_type": N_("must be a number"),
    "float_parsing": N_("must be a number"),
    "finite_number": N_("must be a number"),
    "int_type": N_("must be a whole number"),
    "int_parsing": N_("must be a whole number"),
    "string_type": N_("must be a text"),
    "tuple_type": N_("must be a list"),
    "bool_type": N_("must be true or false"),
    "bool_parsing": N_("must be true or false"),
}


class RuleSetError(InputError):
    """A rule set that cannot be used; ``mistakes`` are pairs of key (``rules.0.status``) and sentence."""

    def __init__(self, mistakes: Iterable[tuple[str, str]]) -> None:
        self.mistakes = tuple(mistakes)
        said = "; ".join(f"{where}: {sentence}" if where else sentence for where, sentence in self.mistakes)
        super().__init__(N_("the coverage rule set cannot be used: {mistakes}"), mistakes=said)


def _sentence(mistake: ErrorDetails) -> str:
    if mistake["type"] not in _SENTENCES:
        return mistake["msg"].removeprefix("Value error, ")
    most = mistake.get("ctx", {}).get("le", "")
    return gettext(_SENTENCES[mistake["type"]]).format(most=most)


def _checked(document: dict[str, Any]) -> RuleSet:
    try:
        return RuleSet.model_validate(document)
    except ValidationError as error:
        found = [(".".join(str(part) for part in mistake["loc"]), _sentence(mistake)) for mistake in error.errors()]
        raise RuleSetError(found) from error
