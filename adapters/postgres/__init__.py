"""One PostgreSQL database: connections, transactions, schema, errors; of the log and the views alike."""
