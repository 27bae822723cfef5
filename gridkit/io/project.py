"""The project file ``gridkit.toml``: what to read, what is declared, what is claimed."""

from __future__ import annotations

import datetime as dt  # noqa: TC003  # pydantic reads the annotations when the program runs
import re
import tomllib
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Final, Literal

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    PlainSerializer,
    PlainValidator,
    StrictBool,
    StrictStr,
    ValidationError,
)

from gridkit.errors import InputError, ProjectError
from gridkit.io.claims import ClaimSpec, UnreadClaim
from gridkit.io.grid_settings import GROUND, GridsSpec
from gridkit.io.mistakes import Mistake, Where, claim_mistakes, column_mistakes, map_mistakes, mistakes_of, unknown
from gridkit.io.raw import located
from gridkit.io.reconcile import ReconcileSpec, reconcile_mistakes
from gridkit.io.repair_settings import RepairSpec
from gridkit.io.settings import (
    a_date,
    a_digit,
    a_path,
    a_path_or_paths,
    an_encoding,
    as_list,
    plain_path,
)
from gridkit.io.toml_lines import key_lines, line_of
from gridkit.locale import N_, gettext

if TYPE_CHECKING:
    from collections.abc import Mapping

FILE: Final = "gridkit.toml"

Level = Literal["street", "community", "grid", "compound", "road", "water", "building", "exclusive"]
Kind = Literal[
    "compounds", "branches", "units", "premises", "pairings", "property_companies", "property_service",
    "owners_committees", "service_points", "ledgers", "codes",
]  # fmt: skip
Hidden = Literal["pending", "keep", "exclude"]


_OWN: Final = ("name", "as_of", "language", "profile", "hidden")
"""Keys of ``[project]``."""


_INNER: Final = ("root", "unread", "claims_file")
"""Fields of :class:`Project` that no file states."""


class _Value(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class LayerSpec(_Value):
    """``[layers.<level>]``: one boundary file, or a table with longitude and latitude.

    ``control``: a table of points known in the old system of the file and in CGCS2000, from which a transformation
    with ``transform`` (4 or 7) parameters is fitted.
    """

    path: Annotated[StrictStr, BeforeValidator(a_path)]
    layer: StrictStr = ""
    columns: dict[str, StrictStr] = Field(default_factory=dict)
    crs: StrictStr = ""
    encoding: Annotated[StrictStr, BeforeValidator(an_encoding)] = ""
    control: StrictStr = ""
    transform: Annotated[Literal["4", "7"], BeforeValidator(a_digit)] = "4"


class RegistrySpec(_Value):
    """``[registries.<kind>]``: one registry; ``complete``: what it does not name does not exist in ``scope``.

    ``path`` is a file, a folder, a pattern such as ``社区*/党组织.xlsx``, or a tuple of these. ``hidden``: what becomes
    of what a workbook hides or strikes out; None means what ``[project]`` says.
    """

    path: Annotated[str | tuple[str, ...], PlainValidator(a_path_or_paths), PlainSerializer(plain_path)]
    sheet: StrictStr = ""
    columns: dict[str, StrictStr] = Field(default_factory=dict)
    complete: StrictBool = False
    scope: StrictStr = ""
    encoding: Annotated[StrictStr, BeforeValidator(an_encoding)] = ""
    hidden: Hidden | None = None


class LinksSpec(_Value):
    """``[links]``: a file with decisions of persons, and how much is asked of a link (``audit`` asks for more).

    ``sample``: the sample of links that persons have checked, from which the error of links is told.
    """

    overrides: StrictStr = ""
    sample: StrictStr = ""
    profile: Literal["audit", "normal"] = "audit"


class CoverageSpec(_Value):
    """``[coverage]``: the rule set (``strict`` or a .toml file) and settings that outrank it."""

    ruleset: StrictStr = "strict"
    overrides: dict[str, Any] = Field(default_factory=dict)


class Project(_Value):
    """A checked project file.

    Examples
    --------
    >>> project = Project(root=Path("."), layers={"compound": LayerSpec(path="a.gpkg")})
    >>> project.coverage.ruleset, project.settings()["layers"]["compound"]["path"]
    ('strict', 'a.gpkg')
    """

    root: Path
    name: StrictStr = ""
    as_of: Annotated[dt.date | None, BeforeValidator(a_date)] = None
    language: Literal["zh", "en"] | None = None
    profile: Literal["internal", "public"] = "internal"
    hidden: Hidden = "pending"
    layers: dict[Level, LayerSpec] = Field(default_factory=dict)
    registries: dict[Kind, Annotated[tuple[RegistrySpec, ...], BeforeValidator(as_list)]] = Field(default_factory=dict)
    links: LinksSpec = LinksSpec()
    coverage: CoverageSpec = CoverageSpec()
    claims: tuple[ClaimSpec, ...] = ()
    unread: tuple[UnreadClaim, ...] = ()
    claims_file: str = FILE
    map: dict[str, Any] = Field(default_factory=dict)
    reconcile: Annotated[tuple[ReconcileSpec, ...], BeforeValidator(as_list)] = ()
    repair: RepairSpec = RepairSpec()
    grids: GridsSpec = GridsSpec()

    def settings(self) -> dict[str, Any]:
        """Return what a run reads as plain values, for manifests and hashes.

        That is all but the folder, ``[repair]``, ``[grids]`` and the layers that only the drawing of grids reads.
        """
        nothing = {"root", "claims_file", "repair", "grids"} | (set() if self.unread else {"unread"})
        found = self.model_dump(mode="json", exclude=nothing)
        return {**found, "layers": {level: spec for level, spec in found["layers"].items() if level not in GROUND}}

    def stated(self) -> tuple[ClaimSpec | UnreadClaim, ...]:
        """Return all claims in the order of the file, also the entries that could not be read."""
        found: list[ClaimSpec | UnreadClaim] = list(self.claims)
        for entry in sorted(self.unread, key=lambda entry: entry.number):
            found.insert(entry.number, entry)
        return tuple(found)

    def overrides_files(self, *more: Path) -> list[tuple[Path, str]]:
        """Return the overrides file of the project, if it names one, and ``more``, each with its name for messages."""
        named = [located(self.links.overrides, self.root, layer=False)] if self.links.overrides.strip() else []
        return [*named, *((file, file.name) for file in more)]

    def repair_file(self, name: str) -> tuple[Path, str] | None:
        """Return the file that ``name`` (``decisions``, ``exceptions``) of ``[repair]`` states, None where none is."""
        stated: str = getattr(self.repair, name)
        return located(stated, self.root, layer=False) if stated.strip() else None

    def sample_file(self) -> tuple[Path, str] | None:
        """Return the file with the labels of a sample of links and its name for messages, None where none is named."""
        return located(self.links.sample, self.root, layer=False) if self.links.sample.strip() else None

    def ruleset_text(self) -> str:
        """Return the name of a rule set that comes with gridkit, or the text of the project's own file."""
        name = self.coverage.ruleset
        if not name.endswith(".toml"):
            return name
        try:
            return (self.root / name).read_text(encoding="utf-8-sig")
        except (OSError, ValueError) as problem:
            raise InputError(
                N_("the rule set cannot be read: {reason}"),
                place=name,
                remedy=N_("correct ruleset in [coverage] of gridkit.toml"),
                reason=str(getattr(problem, "strerror", None) or problem),
            ) from problem


def read_project(path: Path, *, lenient: bool = False) -> Project:
    """Read a project file.

    Parameters
    ----------
    path : Path
        ``gridkit.toml``, or the folder it lies in.
    lenient : bool
        Whether a file whose only mistakes are in single entries of ``[[claims]]`` is read all the same; these entries
        are then ``Project.unread``.

    Returns
    -------
    Project
        Paths in it are relative to ``Project.root``, the folder of the file.

    Raises
    ------
    InputError
        If there is no such file, or it cannot be read.
    ProjectError
        All mistakes of the file at once, each with its line.
    """
    file = _file(Path(path))
    text = _text(file)
    data = _parsed(text, str(file))
    lines = key_lines(text)
    mistakes: list[Mistake] = []
    flat = _flattened(data, mistakes)
    stated = flat.get("claims", [])
    own = _claims_file(stated, file.parent, mistakes) if isinstance(stated, str) else None
    flat["claims"] = _exact_claims(text) if own is None else own.claims
    mistakes += column_mistakes(flat) + map_mistakes(flat) + claim_mistakes(flat["claims"]) + reconcile_mistakes(flat)
    project = None
    try:
        project = Project(root=file.parent, **flat)
    except ValidationError as problem:
        mistakes += mistakes_of(problem, data)
    if lenient and mistakes and all(_of_entry(where) for where, _ in mistakes):
        return _without_entries(flat, mistakes, file, own=own, lines=lines)
    if mistakes or project is None:
        if own is not None:
            mistakes = [own.placed(*mistake) for mistake in mistakes]
        found = sorted({(line_of(where, lines), sentence) for where, sentence in mistakes})
        raise ProjectError(str(file), found)
    borders = range(len(project.repair.borders))
    project.repair.stand([(str(file), line_of(("repair", "borders", number), lines)) for number in borders])
    return project if own is None else project.model_copy(update={"claims_file": own.name})


def _of_entry(where: Where) -> bool:
    return where[:1] == ("claims",) and len(where) > 1 and isinstance(where[1], int)


def _without_entries(
    flat: Mapping[str, Any], mistakes: list[Mistake], file: Path, *, own: _Claims | None,
    lines: Mapping[tuple[str | int, ...], int],
) -> Project:  # fmt: skip
    """Return the project with the claims that can be read, and the others as unread."""
    found: dict[int, set[tuple[int, str]]] = {}
    for where, sentence in mistakes:
        at = line_of(where, lines if own is None else own.lines)
        found.setdefault(int(where[1]), set()).add((at, sentence))
    name = FILE if own is None else own.name
    unread = tuple(
        UnreadClaim.of(number, flat["claims"][number], tuple(f"{name}:{line}: {said}" for line, said in sorted(told)))
        for number, told in sorted(found.items())
    )
    kept = [claim for number, claim in enumerate(flat["claims"]) if number not in found]
    return Project(root=file.parent, **{**flat, "claims": kept}, unread=unread, claims_file=name)


def _file(path: Path) -> Path:
    try:
        return path / FILE if path.is_dir() else path
    except (OSError, ValueError):  # too long, or a character that no path can have; reading it will say so
        return path


def _text(file: Path) -> str:
    try:
        return file.read_text(encoding="utf-8-sig")
    except FileNotFoundError as problem:
        raise InputError(
            N_("there is no project file"),
            place=str(file),
            remedy=N_(
                "write gridkit.toml there, let gridkit init propose it from your files, or make an example in a new "
                "folder with: gridkit demo DIR"
            ),
        ) from problem
    except UnicodeDecodeError as problem:
        raise InputError(
            N_("the project file is not UTF-8"), place=str(file), remedy=N_("save it as UTF-8")
        ) from problem
    except (OSError, ValueError) as problem:
        raise InputError(
            N_("the file cannot be read: {reason}"),
            place=str(file)[:200],
            remedy=N_("close it in other programs and check your rights"),
            reason=getattr(problem, "strerror", None) or str(problem),
        ) from problem


def _parsed(text: str, place: str) -> dict[str, Any]:
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as problem:
        found = re.search(r"\(at line (\d+), column (\d+)\)", str(problem))
        line = int(found[1]) if found else len(text.splitlines())
        reason = re.sub(r"\s*\(at .*\)$", "", str(problem))
        sentence = gettext("this is not TOML: {reason}").format(reason=reason)
        raise ProjectError(place, [(line, sentence)]) from problem


def _flattened(data: dict[str, Any], mistakes: list[Mistake]) -> dict[str, Any]:
    """Return the tables of the file as fields of :class:`Project`: ``[project]`` gives its own keys to the top."""
    flat = {key: value for key, value in data.items() if key != "project"}
    head = data.get("project", {})
    for key in (*_INNER, *(key for key in _OWN if key in flat)):
        if key in flat:
            flat.pop(key)
            sentence = gettext("unknown key {key}") if key in _INNER else gettext("{key} belongs into [project]")
            mistakes.append(((key,), sentence.format(key=key)))
    if not isinstance(head, dict):
        mistakes.append((("project",), gettext("{key} must be a table").format(key="project")))
        return flat
    for key, value in head.items():
        if key in _OWN:
            flat[key] = value
        else:
            mistakes.append((("project", key), unknown(key, _OWN)))
    return flat


def _exact_claims(text: str) -> Any:
    """Return the claims of a file with figures as they are written: a float would lose the last 0 of 55.20."""
    return tomllib.loads(text, parse_float=Decimal).get("claims", [])


@dataclass(frozen=True)
class _Claims:
    """The claims of a file of their own: its ``name``, the claims, and on which line each key stands."""

    name: str
    claims: Any
    lines: Mapping[tuple[str | int, ...], int]

    def placed(self, where: Where, sentence: str) -> Mistake:
        """Return a mistake in a claim with the name and line of this file; others as they are."""
        if where[:1] != ("claims",) or len(where) == 1:
            return where, sentence
        line = line_of(where, self.lines)
        return ("claims",), f"{self.name}:{line}: {sentence}" if line else f"{self.name}: {sentence}"


def _claims_file(name: str, root: Path, mistakes: list[Mistake]) -> _Claims:
    """Read the file that ``claims = "..."`` names; what is wrong with it as a whole is added to ``mistakes``."""
    file = root / name
    try:
        text = file.read_text(encoding="utf-8-sig")
        data = tomllib.loads(text, parse_float=Decimal)
    except FileNotFoundError:
        mistakes.append((("claims",), gettext("there is no file {path}").format(path=name)))
        return _Claims(name, [], {})
    except (OSError, ValueError) as problem:
        reason = getattr(problem, "strerror", None) or str(problem)
        sentence = gettext("{path} cannot be read: {reason}").format(path=name[:200], reason=reason)
        mistakes.append((("claims",), sentence))
        return _Claims(name, [], {})
    found = _Claims(name, data.get("claims", []), key_lines(text))
    for key in sorted(set(data) - {"claims"}):
        sentence = f"{name}:{line_of((key,), found.lines)}: {unknown(key, ('claims',))}"
        mistakes.append((("claims",), sentence))
    if not found.claims and found.claims != data.get("claims") and not mistakes:
        mistakes.append((("claims",), gettext("{path} holds no [[claims]]").format(path=name)))
    return found
