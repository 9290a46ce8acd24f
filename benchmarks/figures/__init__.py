"""One module a figure; each has `measure(bench) -> list[Measured]`."""
