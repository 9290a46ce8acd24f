"""REST: requests become calls of the read and write paths, answers become JSON; nothing more happens here."""
