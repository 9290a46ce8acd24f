"""Reports as XLSX and PDF, documents as PDF."""
from ...entities.settings_forms import SettingsForm
from ...languages import lazy_gettext
from ...plugin import Format, Plugin
from ...prints.declarations import Letterhead
from .documents import to_document_pdf
from .pdf import to_pdf
from .xlsx import to_xlsx

plugin = Plugin("formats", label="Formats", description="Reports as XLSX and PDF", formats=[
    Format("xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", to_xlsx),
    Format("pdf", "application/pdf", to_pdf, to_document_pdf),
], settings=[SettingsForm(Letterhead, label=lazy_gettext("Letterhead"))])
