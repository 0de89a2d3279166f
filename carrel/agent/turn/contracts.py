"""The contract of each rung and each set of tools."""

from collections.abc import Mapping

from carrel.agent.ladder.rungs import Rung, ToolSet
from carrel.agent.turn.brief import ACTION, ACTION_ALL, NO_CALLS, TEXT, TEXT_ALL
from carrel.agent.turn.contract import Contract
from carrel.agent.turn.native import NATIVE, NATIVE_CORE

CONTRACTS: Mapping[tuple[Rung, ToolSet], Contract] = {
    ("native", "all"): NATIVE,
    ("native", "core"): NATIVE_CORE,
    ("action", "all"): ACTION_ALL,
    ("action", "core"): ACTION,
    ("text", "all"): TEXT_ALL,
    ("text", "core"): TEXT,
    ("none", "all"): NO_CALLS,
    ("none", "core"): NO_CALLS,
}
