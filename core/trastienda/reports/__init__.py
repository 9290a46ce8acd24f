"""Reports as values: one table, put out as JSON, CSV, text and charts; further formats come from plugins."""
