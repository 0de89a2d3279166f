"""The tiers of memory: core, recall and archival, with the agents and sessions they belong to."""
