"""What a run says, for people (workbook, page) and for machines (JSON)."""

from gridkit.reports.html import write_html
from gridkit.reports.json import to_json, write_json
from gridkit.reports.summary import summary_lines
from gridkit.reports.xlsx import write_xlsx

__all__ = ["summary_lines", "to_json", "write_html", "write_json", "write_xlsx"]
