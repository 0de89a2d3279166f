"""How well a model works as Carrel's: short tasks of memory over several sessions, graded by fixed rules.

    python -m benchmarks.agent --url http://localhost:8080/v1 --model NAME

The tasks stand in `tasks/`, one file a kind; `tasks.py` says what they may hold. Add files or folders of your own with
`--tasks-from`.
"""
