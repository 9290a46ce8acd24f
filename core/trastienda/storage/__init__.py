"""Tables, columns, transactions and migrations: what differs between the databases stays in here."""
