"""Where these pages are."""

SETTINGS = "/administration/settings"
