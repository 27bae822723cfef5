"""How a target is named in a file that outlives row numbers: by its code, else its name, else name and community."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from gridkit.linkage.names import keys
from gridkit.linkage.targets import one_code
from gridkit.model.fields import LEVELS

if TYPE_CHECKING:
    from gridkit.linkage.targets import Targets


class References:
    """The names by which the targets of one level can be referred to, each if it means one target only.

    A feature goes by its code. A registry record (unit, company, branch) has a row number for a code, which says
    nothing in the next issue of the file: it goes by a code that it states (unit_id, credit code), else by its name,
    else by ``name@community``.
    """

    def __init__(self, targets: Targets) -> None:
        self._targets = targets
        self._level = targets.level
        written = targets.codes
        forms = [written.loc[written["written"] != "", ["written", "target"]].set_axis(["text", "code"], axis=1)]
        if targets.level not in LEVELS and len(targets):
            frame = targets.frame
            code = frame.index.to_numpy(dtype=object)
            full = frame["full"].to_numpy(dtype=object)
            forms.append(pd.DataFrame({"text": full, "code": code}))
            forms.append(pd.DataFrame({"text": full + "@" + frame["community"].to_numpy(dtype=object), "code": code}))
        self._own = {str(code): tuple(part) for code, part in written.groupby("target")["written"]}
        self._owners: dict[str, str] = {}
        for form in forms:
            for text, one in form.drop_duplicates("text", keep=False).itertuples(index=False):
                if text and not text.startswith("@"):
                    self._owners.setdefault(text, str(one))

    def owner(self, text: str) -> str:
        """Return the code of the target that ``text`` refers to, ``""`` where it refers to none or several."""
        code = self._owners.get(one_code(text))
        if code is not None or self._level in LEVELS:
            return code or ""
        name, sign, community = text.rpartition("@")
        if sign and (found := self._owners.get(f"{self._full(name)}@{community.strip()}")):
            return found
        return self._owners.get(self._full(text), "")

    def text(self, code: str) -> str:
        """Return how to refer to a target: what :meth:`owner` finds it by; its name where nothing is sure."""
        frame, level = self._targets.frame, self._level
        if level in LEVELS:
            return code
        row = frame.loc[code]
        name, community = str(row["name"]).strip(), str(row["community"])
        forms = [*self._own.get(code, ()), name, f"{name}@{community}"]
        return next((form for form in forms if form and self.owner(form) == code), name)

    def _full(self, name: str) -> str:
        return keys([name], self._level)[0].full
