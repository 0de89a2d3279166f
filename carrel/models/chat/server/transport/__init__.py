"""The connection to a server: its address, its HTTP answers and their bytes."""
