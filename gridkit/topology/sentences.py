"""What the findings say of each defect of a boundary layer."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gridkit.rules import CATALOGUE

if TYPE_CHECKING:
    from gridkit.model import Findings


def defect_sentences(findings: Findings) -> dict[str, str]:
    """Return defect -> the sentence of its finding, in the current language.

    Examples
    --------
    >>> from gridkit.model import Findings
    >>> found = CATALOGUE["T103"].found("1", name="Grid 1", metres="60", size="0.05", defect="0cfe6efcdbd7")
    >>> defect_sentences(Findings.of([found]))
    {'0cfe6efcdbd7': 'the outline of Grid 1 has a spike 60 m long, 0.05 m wide at its foot'}
    """
    frame = findings.frame
    frame = frame[frame["code"].astype(str).str.startswith("T")]
    pairs = zip(frame["code"], frame["params"], strict=True)
    return {str(params["defect"]): CATALOGUE[code].say(params) for code, params in pairs if params.get("defect")}
