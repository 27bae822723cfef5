"""The project file ``gridkit.toml``: what to read, what is declared, what is claimed."""

from __future__ import annotations

import datetime as dt  # noqa: TC003  # pydantic reads the annotations when the program runs
import re
import tomllib
from pathlib import Path
from typing import Annotated, Any, Final, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, StrictBool, StrictStr, ValidationError
from pydantic_core import PydanticCustomError

from gridkit.errors import InputError, ProjectError
from gridkit.io.mistakes import Mistake, column_mistakes, mistakes_of, unknown
from gridkit.io.toml_lines import key_lines, line_of
from gridkit.locale import N_, gettext

FILE: Final = "gridkit.toml"

Level = Literal["street", "community", "grid", "compound"]
Kind = Literal[
    "compounds", "branches", "units", "premises", "pairings", "property_companies", "property_service",
    "owners_committees", "service_points", "ledgers", "codes",
]  # fmt: skip
Comparator = Literal["=", ">=", "<=", ">", "<"]


def _as_list(value: object) -> object:
    return [value] if isinstance(value, dict) else value


def _figure(value: object) -> object:
    """Return a figure in percent or plain units: ``"98.5%"`` is 98.5, a masked ``"XX%"`` is None."""
    if not isinstance(value, str):
        return value
    text = value.strip().rstrip("%％").strip()
    return None if re.fullmatch(r"[xX×*＊]*", text) else text


def _date(value: object) -> object:
    """Refuse numbers, which would be read as seconds since 1970."""
    if isinstance(value, (int, float)):
        raise PydanticCustomError("date_type", "no date")
    return value


class _Value(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class LayerSpec(_Value):
    """``[layers.<level>]``: one boundary file, or a table with longitude and latitude."""

    path: StrictStr
    layer: StrictStr = ""
    columns: dict[str, StrictStr] = Field(default_factory=dict)
    crs: StrictStr = ""
    encoding: StrictStr = ""


class RegistrySpec(_Value):
    """``[registries.<kind>]``: one table; ``complete``: what it does not name does not exist in ``scope``."""

    path: StrictStr
    sheet: StrictStr = ""
    columns: dict[str, StrictStr] = Field(default_factory=dict)
    complete: StrictBool = False
    scope: StrictStr = ""
    encoding: StrictStr = ""


class CoverageSpec(_Value):
    """``[coverage]``: the rule set (``strict`` or a .toml file) and settings that outrank it."""

    ruleset: StrictStr = "strict"
    overrides: dict[str, Any] = Field(default_factory=dict)


class ClaimSpec(_Value):
    """``[[claims]]``: a sentence and the figure it states, in percent; None where the figure is masked."""

    text: StrictStr
    indicator: StrictStr
    scope: StrictStr = ""
    basis: StrictStr = ""
    figure: Annotated[float | None, BeforeValidator(_figure)]
    comparator: Comparator = "="
    source: StrictStr = ""


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
    as_of: Annotated[dt.date | None, BeforeValidator(_date)] = None
    language: Literal["zh", "en"] | None = None
    profile: Literal["internal", "public"] = "internal"
    layers: dict[Level, LayerSpec] = Field(default_factory=dict)
    registries: dict[Kind, Annotated[tuple[RegistrySpec, ...], BeforeValidator(_as_list)]] = Field(default_factory=dict)
    coverage: CoverageSpec = CoverageSpec()
    claims: tuple[ClaimSpec, ...] = ()
    map: dict[str, Any] = Field(default_factory=dict)

    def settings(self) -> dict[str, Any]:
        """Return everything but the folder as plain values, for manifests and hashes."""
        return self.model_dump(mode="json", exclude={"root"})

    def ruleset_text(self) -> str:
        """Return the name of a rule set that comes with gridkit, or the text of the project's own file."""
        name = self.coverage.ruleset
        if not name.endswith(".toml"):
            return name
        try:
            return (self.root / name).read_text(encoding="utf-8")
        except (OSError, UnicodeDecodeError) as problem:
            raise InputError(
                N_("the rule set cannot be read: {reason}"),
                place=name,
                remedy=N_("correct ruleset in [coverage] of gridkit.toml"),
                reason=str(getattr(problem, "strerror", None) or problem),
            ) from problem


def read_project(path: Path) -> Project:
    """Read a project file.

    Parameters
    ----------
    path : Path
        ``gridkit.toml``, or the folder it lies in.

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
    file = Path(path) / FILE if Path(path).is_dir() else Path(path)
    text = _text(file)
    data = _parsed(text, str(file))
    lines = key_lines(text)
    mistakes: list[Mistake] = []
    flat = _flattened(data, mistakes)
    flat["claims"] = _claims(flat.get("claims", []), file.parent, mistakes)
    mistakes += column_mistakes(flat)
    project = None
    try:
        project = Project(root=file.parent, **flat)
    except ValidationError as problem:
        mistakes += mistakes_of(problem, data)
    if mistakes or project is None:
        found = sorted({(line_of(where, lines), sentence) for where, sentence in mistakes})
        raise ProjectError(str(file), found)
    return project


def _text(file: Path) -> str:
    try:
        return file.read_text(encoding="utf-8-sig")
    except FileNotFoundError as problem:
        raise InputError(
            N_("there is no project file"),
            place=str(file),
            remedy=N_("write gridkit.toml there, or make an example in a new folder with: gridkit demo DIR"),
        ) from problem
    except UnicodeDecodeError as problem:
        raise InputError(
            N_("the project file is not UTF-8"), place=str(file), remedy=N_("save it as UTF-8")
        ) from problem
    except OSError as problem:
        raise InputError(
            N_("the file cannot be read: {reason}"),
            place=str(file),
            remedy=N_("close it in other programs and check your rights"),
            reason=problem.strerror or str(problem),
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
    for key in ("root", *(key for key in ("name", "as_of", "language", "profile") if key in flat)):
        if key in flat:
            flat.pop(key)
            sentence = gettext("{key} belongs into [project]") if key != "root" else gettext("unknown key {key}")
            mistakes.append(((key,), sentence.format(key=key)))
    if not isinstance(head, dict):
        mistakes.append((("project",), gettext("{key} must be a table").format(key="project")))
        return flat
    own = ("name", "as_of", "language", "profile")
    for key, value in head.items():
        if key in own:
            flat[key] = value
        else:
            mistakes.append((("project", key), unknown(key, own)))
    return flat


def _claims(stated: object, root: Path, mistakes: list[Mistake]) -> Any:
    """Return the claims themselves, from the file that ``claims = "..."`` names."""
    if not isinstance(stated, str):
        return stated
    file = root / stated
    try:
        return tomllib.loads(file.read_text(encoding="utf-8-sig")).get("claims", [])
    except FileNotFoundError:
        sentence = gettext("there is no file {path}").format(path=stated)
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as problem:
        sentence = gettext("{path} cannot be read: {reason}").format(path=stated, reason=problem)
    mistakes.append((("claims",), sentence))
    return []
