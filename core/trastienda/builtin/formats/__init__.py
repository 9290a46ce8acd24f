"""Reports as XLSX and PDF, documents as PDF."""
from ...plugin import Format, Plugin
from . import letterhead
from .documents import to_document_pdf
from .pdf import to_pdf
from .xlsx import to_xlsx

plugin = Plugin("formats", label="Formats", description="Reports as XLSX and PDF", formats=[
    Format("xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", to_xlsx),
    Format("pdf", "application/pdf", to_pdf, to_document_pdf),
], settings=[letterhead.form], routes=letterhead.routes, services=letterhead.services)
