"""The connection to SQL, the schema and its upgrades."""
