"""The form of the Word report: paper, fonts and numbering as offices file them, and the same bytes every time.

Paper, margins, sizes and line spacing follow GB/T 9704 (format of official documents of Party and government organs):
A4, margins 3.7, 3.5, 2.8 and 2.6 cm, body in FangSong of size three (16 pt) on lines of 28 pt, headings in SimHei and
KaiTi, page numbers between dashes at the outer edge. The title face of that standard, which few machines have, falls
back on SimSun.
"""

from __future__ import annotations

import datetime as dt
import io
import zipfile
from typing import TYPE_CHECKING, Any, Final

import docx
from docx.enum.style import WD_STYLE_TYPE
from docx.enum.table import WD_TABLE_ALIGNMENT
from docx.enum.text import WD_ALIGN_PARAGRAPH, WD_BREAK, WD_LINE_SPACING
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Cm, Pt, RGBColor

from gridkit.locale import gettext as _
from gridkit.reports.xlsx import text_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from docx.document import Document
    from docx.styles.style import ParagraphStyle
    from docx.text.paragraph import Paragraph

LATIN: Final = "Times New Roman"
TITLE_FACE, BODY_FACE, HEAD_FACE, SUBHEAD_FACE, PAGE_FACE = "方正小标宋简体", "仿宋", "黑体", "楷体", "宋体"
FALLBACKS: Final = {
    TITLE_FACE: "宋体", BODY_FACE: "FangSong", HEAD_FACE: "SimHei", SUBHEAD_FACE: "KaiTi", PAGE_FACE: "SimSun",
}  # fmt: skip
"""Other names of the faces, for machines that do not know them by the first."""
MARGINS: Final = {"top_margin": 3.7, "bottom_margin": 3.5, "left_margin": 2.8, "right_margin": 2.6}
LINE: Final = 28
TABLE_TEXT, SMALL_TEXT, DATE_LINE = "Table Text", "Small Table Text", "Date Line"
_DIGITS: Final = "零一二三四五六七八九"
_EPOCH: Final = dt.datetime(1980, 1, 1)
_ZIP_DATE: Final = (1980, 1, 1, 0, 0, 0)


def chinese_number(value: int) -> str:
    """Return a number below 100 in Chinese numerals, as headings are counted.

    >>> [chinese_number(n) for n in (1, 10, 12, 20, 35)]
    ['一', '十', '十二', '二十', '三十五']
    """
    tens, ones = divmod(value, 10)
    lead = ("" if tens == 1 else _DIGITS[tens]) + "十" if tens else ""
    return lead + (_DIGITS[ones] if ones or not tens else "")


def clean(text: object) -> str:
    r"""Return a text as one line that the file can hold.

    >>> clean("a\x00b\n  c")
    'a�b c'
    """
    return " ".join(text_of(str(text)).split())


class Form:
    """A report that is being written: headings number themselves, every text is cleaned on its way in.

    Parameters
    ----------
    title : str
        Title of the document.
    as_of : datetime.date or None
        Date of the data; it is the date of the document too, so that equal data give equal bytes.
    language : str
        ``zh`` or ``en``.
    """

    def __init__(self, title: str, as_of: dt.date | None, language: str) -> None:
        self.chinese = language == "zh"
        self.document: Document = docx.Document()
        self._count = [0, 0]
        _paper(self.document)
        _faces(self.document, chinese=self.chinese)
        _properties(self.document, clean(title), as_of, language)
        self.document.add_paragraph(clean(title), style="Title")

    def dateline(self, text: str) -> None:
        """Add the line below the title."""
        self.document.add_paragraph(clean(text), style=DATE_LINE)

    def heading(self, text: str) -> None:
        """Add a heading of the first level: 一、 or 1."""
        self._count = [self._count[0] + 1, 0]
        number = f"{chinese_number(self._count[0])}、" if self.chinese else f"{self._count[0]}. "
        self.document.add_paragraph(number + clean(text), style="Heading 1")

    def subheading(self, text: str) -> None:
        """Add a heading of the second level: （一） or (1)."""
        self._count[1] += 1
        number = f"（{chinese_number(self._count[1])}）" if self.chinese else f"({self._count[1]}) "
        self.document.add_paragraph(number + clean(text), style="Heading 2")

    def text(self, text: str) -> Paragraph:
        """Add a paragraph of the body."""
        return self.document.add_paragraph(clean(text))

    def annexes(self, titles: Sequence[str]) -> None:
        """Add the list of what is attached."""
        for at, title in enumerate(titles, start=1):
            lead = _("Annexes: {title}") if at == 1 else "{title}"
            self.text(lead.format(title=f"{at}. {clean(title)}"))

    def annex_title(self, text: str) -> None:
        """Add the title of an attached table."""
        self.document.add_paragraph(clean(text), style="Heading 2")

    def new_page(self) -> None:
        """Go on at the top of the next page."""
        self.document.add_paragraph().add_run().add_break(WD_BREAK.PAGE)

    def table(self, heads: Sequence[str], rows: Sequence[Sequence[object]], *, widths: Sequence[float],
              small: bool = False) -> None:  # fmt: skip
        """Add a table; its heading comes again on every page, numbers stand at the right.

        Parameters
        ----------
        widths : sequence of float
            Share of each column in the width of the text; they are scaled to it.
        small : bool
            In small print, for many columns.
        """
        made = self.document.add_table(rows=0, cols=len(heads), style="Table Grid")
        made.alignment, made.autofit = WD_TABLE_ALIGNMENT.CENTER, False
        room = 21.0 - MARGINS["left_margin"] - MARGINS["right_margin"]
        sizes = [Cm(room * width / sum(widths)) for width in widths]
        style = SMALL_TEXT if small else TABLE_TEXT
        for at, row in enumerate([heads, *rows]):
            cells = made.add_row()
            _row(cells, head=at == 0)
            for cell, value, size in zip(cells.cells, row, sizes, strict=True):
                cell.width = size
                paragraph = cell.paragraphs[0]
                paragraph.style = style
                shown = f"{value:,}" if isinstance(value, int) else "" if value is None else clean(value)
                paragraph.add_run(shown).bold = True if at == 0 and not self.chinese else None
                if at == 0:
                    paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER
                elif isinstance(value, int):
                    paragraph.alignment = WD_ALIGN_PARAGRAPH.RIGHT
        for column, size in zip(made.columns, sizes, strict=True):
            column.width = size

    def to_bytes(self) -> bytes:
        """Return the file, the same bytes for the same content."""
        stream = io.BytesIO()
        self.document.save(stream)
        return fixed_zip(stream.getvalue())


def fixed_zip(data: bytes) -> bytes:
    """Return an office file with its parts in one order and with one date, whatever the clock said."""
    made = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as new:
        for name in sorted(old.namelist(), key=lambda name: (name != "[Content_Types].xml", name)):
            entry = zipfile.ZipInfo(name, _ZIP_DATE)
            entry.compress_type, entry.create_system, entry.external_attr = zipfile.ZIP_DEFLATED, 3, 0o600 << 16
            new.writestr(entry, old.read(name), compresslevel=6)
    return made.getvalue()


def _paper(document: Document) -> None:
    section = document.sections[0]
    section.page_width, section.page_height = Cm(21.0), Cm(29.7)
    for name, size in MARGINS.items():
        setattr(section, name, Cm(size))
    section.footer_distance = Cm(2.8)
    document.settings.odd_and_even_pages_header_footer = True
    sides = ((section.footer, WD_ALIGN_PARAGRAPH.RIGHT), (section.even_page_footer, WD_ALIGN_PARAGRAPH.LEFT))
    for footer, side in sides:
        paragraph = footer.paragraphs[0]
        paragraph.alignment = side
        edge = "right" if side == WD_ALIGN_PARAGRAPH.RIGHT else "left"
        _indent(paragraph.paragraph_format.element.get_or_add_pPr(), **{f"{edge}Chars": "100", edge: "280"})
        paragraph.add_run("— ")
        field = OxmlElement("w:fldSimple")
        field.set(qn("w:instr"), "PAGE")
        paragraph._p.append(field)
        number = OxmlElement("w:r")
        said = OxmlElement("w:t")
        said.text = "1"
        number.append(said)
        field.append(number)
        paragraph.add_run(" —")


def _indent(properties: Any, **values: str) -> None:
    found = properties.find(qn("w:ind"))
    if found is not None:
        properties.remove(found)
    element = OxmlElement("w:ind")
    for name, value in values.items():
        element.set(qn(f"w:{name}"), value)
    properties._insert_ind(element)


def _faces(document: Document, *, chinese: bool) -> None:
    """Set the styles: face, size, spacing; black, and nothing of the template's look left."""
    styles = document.styles
    for name in (TABLE_TEXT, SMALL_TEXT, DATE_LINE):
        styles.add_style(name, WD_STYLE_TYPE.PARAGRAPH).base_style = styles["Normal"]
    looks = {
        "Normal": (BODY_FACE, 16.0, LINE), "Title": (TITLE_FACE, 22.0, 36), "Heading 1": (HEAD_FACE, 16.0, LINE),
        "Heading 2": (SUBHEAD_FACE, 16.0, LINE), DATE_LINE: (SUBHEAD_FACE, 16.0, LINE),
        TABLE_TEXT: (BODY_FACE, 12.0, 18), SMALL_TEXT: (BODY_FACE, 9.0, 13), "Footer": (PAGE_FACE, 14.0, LINE),
    }  # fmt: skip
    for name, (face, size, line) in looks.items():
        _look(styles[name], face, size, line=line)
    plain = {"firstLine": "0", "firstLineChars": "0"}
    indented = {"firstLineChars": "200", "firstLine": "640"} if chinese else plain
    for name in looks:
        own = indented if name in ("Normal", "Heading 1", "Heading 2") else plain
        _indent(styles[name].element.get_or_add_pPr(), **own)
    for name in ("Title", DATE_LINE):
        styles[name].paragraph_format.alignment = WD_ALIGN_PARAGRAPH.CENTER
    styles[DATE_LINE].paragraph_format.space_after = Pt(LINE)
    styles["Normal"].paragraph_format.alignment = WD_ALIGN_PARAGRAPH.JUSTIFY if chinese else WD_ALIGN_PARAGRAPH.LEFT
    for name in (TABLE_TEXT, SMALL_TEXT):
        styles[name].paragraph_format.alignment = WD_ALIGN_PARAGRAPH.LEFT
    if not chinese:  # Latin letters have no SimHei that sets a heading off
        styles["Title"].font.bold = styles["Heading 1"].font.bold = styles["Heading 2"].font.bold = True


def _look(style: ParagraphStyle, face: str, size: float, *, line: float) -> None:
    properties = style.element.get_or_add_rPr()
    fonts = properties.get_or_add_rFonts()
    for name in list(fonts.attrib):
        del fonts.attrib[name]  # the faces of the theme would win over the names
    for name, value in (("ascii", LATIN), ("hAnsi", LATIN), ("cs", LATIN), ("eastAsia", face)):
        fonts.set(qn(f"w:{name}"), value)
    for name in ("w:spacing", "w:kern"):
        for found in properties.findall(qn(name)):
            properties.remove(found)
    style.font.size, style.font.bold, style.font.italic = Pt(size), False, False
    style.font.color.rgb = RGBColor(0, 0, 0)
    shape = style.paragraph_format
    shape.space_before = shape.space_after = Pt(0)
    shape.line_spacing_rule, shape.line_spacing = WD_LINE_SPACING.EXACTLY, Pt(line)
    for name in ("w:pBdr", "w:contextualSpacing"):
        for found in style.element.get_or_add_pPr().findall(qn(name)):
            style.element.pPr.remove(found)


def _row(row: Any, *, head: bool) -> None:
    """Keep a row on one page; a heading row comes again on every page."""
    properties = row._tr.get_or_add_trPr()
    for name in ("w:cantSplit", "w:tblHeader") if head else ("w:cantSplit",):
        properties.append(OxmlElement(name))


def _properties(document: Document, title: str, as_of: dt.date | None, language: str) -> None:
    """Set what the file says of itself: no author, no program that wrote it, the date of the data."""
    core = document.core_properties
    day = dt.datetime.combine(as_of, dt.time()) if as_of else _EPOCH
    core.title, core.author, core.last_modified_by, core.comments, core.keywords = title[:255], "", "", "", ""
    core.created = core.modified = day
    core.revision, core.language = 1, {"zh": "zh-CN"}.get(language, language)
    package = document.part.package
    for key in [
        key for key, rel in package.rels.items() if rel.reltype.endswith(("/thumbnail", "/extended-properties"))
    ]:
        del package.rels[key]
    for part in package.iter_parts():
        if str(part.partname) == "/word/fontTable.xml":
            part._blob = _with_fallbacks(part.blob)
    for language_tag in document.styles.element.iter(qn("w:lang")):
        language_tag.set(qn("w:eastAsia"), "zh-CN")
    for theme in document.settings.element.iter(qn("w:themeFontLang")):
        theme.set(qn("w:eastAsia"), "zh-CN")


def _with_fallbacks(blob: bytes) -> bytes:
    """Add to the table of fonts what else our faces are called."""
    entries = "".join(
        f'<w:font w:name="{face}"><w:altName w:val="{other}"/><w:charset w:val="86"/></w:font>'
        for face, other in FALLBACKS.items()
    )
    return blob.replace(b"</w:fonts>", entries.encode() + b"</w:fonts>")
