"""For tests of agents: a model server on this machine that plays a script, faults included."""
