"""Where these pages are."""

SETTINGS = "/administration/settings"
AUDIT = "/administration/audit"
HEADS = "/api/v1/audit/heads"
