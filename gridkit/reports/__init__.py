"""What a run or a check says, for people (workbook, page, marked copies) and for machines (JSON)."""

from gridkit.reports.check_json import check_document, write_check_json
from gridkit.reports.check_xlsx import write_check_xlsx
from gridkit.reports.docx import write_docx
from gridkit.reports.html import write_html
from gridkit.reports.json import to_json, write_json
from gridkit.reports.link_json import link_document, write_link_json
from gridkit.reports.marked import write_marked
from gridkit.reports.review_xlsx import write_review_xlsx
from gridkit.reports.terminal import summary_lines
from gridkit.reports.xlsx import write_xlsx

__all__ = [
    "check_document", "link_document", "summary_lines", "to_json", "write_check_json", "write_check_xlsx", "write_docx",
    "write_html", "write_json", "write_link_json", "write_marked", "write_review_xlsx", "write_xlsx",
]  # fmt: skip
