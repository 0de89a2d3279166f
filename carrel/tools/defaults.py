"""The tools that every agent has."""

from dataclasses import replace

from carrel.tools.memory.archival import archival_delete, archival_insert, archival_search, archival_update
from carrel.tools.memory.core import core_memory_append, core_memory_replace, core_memory_rethink
from carrel.tools.memory.forgetting import memory_forget
from carrel.tools.memory.recall import recall_search
from carrel.tools.tool import Tool

MEMORY_TOOLS: tuple[Tool, ...] = (
    core_memory_append,
    core_memory_replace,
    core_memory_rethink,
    recall_search,
    archival_insert,
    archival_search,
    archival_update,
    archival_delete,
    replace(memory_forget, in_small_windows=False),
)
