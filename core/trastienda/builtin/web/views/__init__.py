"""What the templates are given, and all they are given: plain text, already formatted for the reader.

Nothing here knows an entity, a query or a request. A presenter fills these; a template lays them out.
"""
