"""Documents of records, to print, file and send."""
