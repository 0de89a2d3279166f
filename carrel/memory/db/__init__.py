"""The SQL database: its engine, tables, transactions, upgrades and backups."""
