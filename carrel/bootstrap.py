"""Put Carrel together from its parts. Only this module chooses between concrete classes."""

import copy
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from dataclasses import replace
from functools import partial
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from carrel import config
from carrel.agent.agent import Agent
from carrel.agent.consolidation import Consolidation
from carrel.agent.ladder.ladder import KnownRung, Ladder
from carrel.agent.ladder.probe import Finding, find_rung
from carrel.agent.ladder.rungs import RUNGS
from carrel.agent.limits import Limits
from carrel.agent.prompts import prompt
from carrel.agent.rule_consolidation import RuleConsolidation
from carrel.agent.summary.compaction import ExtractiveSummariser, ModelSummariser, Summariser
from carrel.agent.turn.memgpt import MEMGPT
from carrel.agent.turn.parts import LoopParts
from carrel.agent.window.budget import Budget
from carrel.agent.window.cached_counter import CachedCounter
from carrel.agent.window.calibration import Calibration, ServerFindings
from carrel.clock import SystemClock
from carrel.config import Config, Settings
from carrel.errors import NotConfigured
from carrel.memory.db.database import random_id
from carrel.memory.forgetting.forget import ForgetReport
from carrel.memory.store import Memory, Store
from carrel.memory.tiers.agents import Agents
from carrel.memory.tiers.core import NewBlock
from carrel.models.chat.in_process import adapt
from carrel.models.chat.llama_server import ServedModel, serve_gguf
from carrel.models.chat.server.capabilities import Capabilities, parse_setting
from carrel.models.chat.server.capability_file import CapabilityFile
from carrel.models.chat.server.openai_chat import OpenAIChat
from carrel.models.discovery.window_discovery import WindowDiscovery
from carrel.models.embedders import factory as embedders
from carrel.models.embedders.minilm_weights import weights_folder
from carrel.models.embedders.onnx_embedder import OnnxEmbedder
from carrel.models.offline.model import OfflineModel
from carrel.models.openai_client import OPENAI_URL
from carrel.models.tokens.factory import create_token_counter
from carrel.network import same_host
from carrel.processes import temporary_folder
from carrel.protocols import ChatModel, Clock, Embedder, StreamingModel, TokenCounter
from carrel.tools.defaults import MEMORY_TOOLS
from carrel.tools.loading import load_user_tools
from carrel.tools.mcp_servers import McpServers
from carrel.tools.memgpt import HeartbeatToolbox, send_message
from carrel.tools.memory.search import memory_search
from carrel.tools.settings import tool_settings
from carrel.tools.tool import Approve, Tool
from carrel.tools.toolbox import Toolbox

DEFAULT_MODEL = "gpt-5-mini"

OFFLINE = OfflineModel.name
"""The value of the setting `model` that means the offline model."""


class Carrel:
    """An open home: its settings, its agents, the model that they use and their tools.

    Open it with `Carrel.open`, and close it or use it in a `with` statement.
    """

    def __init__(self, settings: Config, store: Store, model: ChatModel, tools: tuple[Tool, ...]) -> None:
        self.config = settings
        self.store = store
        self.model = model
        self.window_discovery = WindowDiscovery(model.base_url, model.name, _key_for(model.base_url, settings.settings))
        self.approve: Approve | None = None
        """Asks the user whether a tool that needs approval may be called; None if there is no user to ask."""
        self._tools = tools
        own = tool_settings(settings.tables, settings.home)
        self._tool_settings = own
        self._mcp = McpServers(own.servers, settings.home / "logs")
        self._toolbox: Toolbox | None = None
        self._findings = ServerFindings()
        self._ladder = create_ladder(model, settings.settings)

    @classmethod
    def open(
        cls,
        home: Path | str | None = None,
        model: StreamingModel | str | None = None,
        embedder: Embedder | str | None = None,
        clock: Clock | None = None,
        *,
        tools: tuple[Tool, ...] = (),
        new_id: Callable[[str], str] = random_id,
        flags: Mapping[str, Any] | None = None,
    ) -> Self:
        """Open a home, and create it if it does not exist.

        `model` and `embedder` are objects of your own, or names as in the settings; None means the configured ones.
        `flags` are settings that take precedence over the configured ones.

        Raises:
            BadConfig, NotConfigured, HomeUnusable: the settings or the home cannot be used.
            StoreFailed: the database cannot be opened.
        """
        names = {name: given for name, given in (("model", model), ("embedder", embedder)) if isinstance(given, str)}
        settings = config.load(Path(home) if home else None, {**(flags or {}), **names})
        if model is None or isinstance(model, str):
            connected: ChatModel | None = create_server_model(settings.settings, settings.home)
        else:
            connected = adapt(model)
        config.open_home(settings.home)
        models = settings.home / "models"
        if embedder is None or isinstance(embedder, str):
            embedder = create_embedder(settings.settings, models)
        chat = connected or OfflineModel(embedder)
        store = Store(settings.home, clock or SystemClock(), create_token_counter(chat.name, models), embedder, new_id)
        return cls(settings, store, chat, (*MEMORY_TOOLS, *tools))

    @property
    def agents(self) -> Agents:
        """The agents of this home."""
        return self.store.agents

    def start_tools(self) -> Toolbox:
        """Start the MCP servers, at the first call, and return the tools: Carrel's own, the user's and the servers'.

        Raises:
            BadConfig: a file of tools cannot be loaded, or two tools have the same name.
        """
        if self._toolbox is None:
            own = self._tool_settings
            given = [own.with_approval(tool) for tool in (*self._tools, *self._mcp.tools())]
            everything = [*given, *load_user_tools(own)]
            memory = {tool.schema.name for tool in MEMORY_TOOLS}
            core = [memory_search, *(tool for tool in everything if tool.schema.name not in memory)]
            memgpt = self.config.settings.contract == "memgpt"
            self._toolbox = HeartbeatToolbox([send_message, *everything]) if memgpt else Toolbox(everything, core)
        return self._toolbox

    @property
    def contract(self) -> str:
        """By which contract the model is asked to act: the one that is set, or that was found out so far."""
        setting = self.config.settings.contract
        return self._ladder.rung if setting == "auto" else setting

    @property
    def problems(self) -> list[str]:
        """The MCP servers that could not be started, each with the reason."""
        return self._mcp.problems

    def agent(self, name: str = "default", make: bool = True) -> Agent:
        """Return an agent, created if it does not exist. Raise NotFound if it does not exist and `make` is false."""
        memory = self.store.memory(name, default_blocks(self.config.settings) if make else None)
        return Agent(
            name=name,
            memory=memory,
            parts=partial(self._parts, memory),
            branch=partial(self._branched, name),
            consolidation=partial(self._consolidation, memory),
            consolidates=self.config.settings.consolidate,
        )

    def forget(self, *ids: str, agent: str = "default", hard: bool = False, **conditions: Any) -> ForgetReport:
        """Forget memories of an agent; see `Agent.forget`. Raise NotFound if the agent does not exist."""
        return self.agent(agent, make=False).forget(*ids, hard=hard, **conditions)

    @property
    def budget(self) -> Budget:
        """The token budget of main context and its shares, as set."""
        settings = self.config.settings
        return Budget(
            settings.window,
            settings.reply_tokens,
            page_in_share=settings.page_in_share,
            warn_share=settings.warn_share,
            flush_share=settings.flush_share,
        )

    def start(self) -> None:
        """Start embedding in the background; for programs that run for longer than one turn."""
        self.store.start()

    def close(self) -> None:
        """Stop the MCP servers and the background worker, and close the store and the model."""
        self._mcp.close()
        self.store.close()
        self.model.close()

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    @contextmanager
    def branch(self) -> Iterator["Carrel"]:
        """Open a temporary copy of this home, with a clock of its own; what happens in it does not affect this one.

        Model and tools are shared. The copy is a directory of this process, which is removed at the end; where the
        process was killed, the next one removes it.
        """
        with temporary_folder("carrel-branch-") as home:
            clock = copy.copy(self.store.agents.clock)
            twin = Carrel(replace(self.config, home=home), self.store.branch(home, clock), self.model, self._tools)
            try:
                yield twin
            finally:
                twin._mcp.close()  # but not the model, which both share
                twin.store.close()

    @contextmanager
    def _branched(self, name: str) -> Iterator[Agent]:
        with self.branch() as twin:
            yield twin.agent(name, make=False)

    def _parts(self, memory: Memory) -> LoopParts:
        settings = self.config.settings
        counter = CachedCounter(memory.counter)
        return LoopParts(
            memory=memory,
            model=self.model,
            toolbox=self.start_tools(),
            ladder=self._ladder,
            contract=MEMGPT if settings.contract == "memgpt" else None,
            counter=counter,
            summariser=self._summariser(counter),
            limits=limits(settings),
            clock=self.store.agents.clock,
            evict_share=settings.evict_share,
            page_in=settings.page_in,
            calibration=self._calibration(memory),
            capture=settings.capture,
            approve=self.approve,
        )

    def _served(self) -> int | None:
        """Return the smaller of the context windows that the model knows of and that its server reports."""
        return min(filter(None, (self.model.context_window, self.window_discovery.window())), default=None)

    def _consolidation(self, memory: Memory) -> Consolidation | RuleConsolidation:
        if not self.model.is_language_model:
            return RuleConsolidation(memory)
        return Consolidation(
            memory=memory,
            model=self.model,
            toolbox=Toolbox([tool for tool in MEMORY_TOOLS if tool.approval == "always"]),  # nobody can be asked
            counter=memory.counter,
            budget=self._calibration(memory).budget(),
            max_tokens=self.config.settings.consolidate_tokens,
        )

    def _calibration(self, memory: Memory) -> Calibration:
        reported = partial(memory.request_log.token_counts, self.model.name)
        return Calibration(self.budget, reported, self._served, self.window_discovery.how_to_raise, self._findings)

    def _summariser(self, counter: TokenCounter) -> Summariser:
        if not self.model.is_language_model:
            return ExtractiveSummariser(counter)
        return ModelSummariser(self.model, counter, self.store.agents.clock)


def _key_for(base_url: str, settings: Settings) -> str:
    """Return the configured key for the configured server, and none for the server of a model of the user's own."""
    return settings.api_key if base_url == (settings.base_url or OPENAI_URL) else ""


def limits(settings: Settings) -> Limits:
    """Return the limits of a turn and of a session."""
    return Limits(
        settings.max_steps, settings.max_turn_tokens, settings.max_session_tokens, float(settings.max_turn_seconds)
    )


def default_blocks(settings: Settings) -> list[NewBlock]:
    """Return the blocks of a new agent."""
    return [
        NewBlock("persona", prompt("persona"), settings.limit_persona, "who you are"),
        NewBlock("human", "", settings.limit_human, "what you know of the user"),
    ]


def create_chat_model(settings: Settings, home: Path | None = None, embedder: Embedder | None = None) -> ChatModel:
    """Return the model that the settings name, or the offline model if they name neither a model nor a server.

    With an embedder the offline model compares meanings too.

    Raises:
        NotConfigured: the settings name a model, but neither a key nor a server.
    """
    return create_server_model(settings, home) or OfflineModel(embedder)


def create_server_model(settings: Settings, home: Path | None = None) -> OpenAIChat | None:
    """Return the model behind a server that the settings name, or None if they mean the offline model.

    What the model learns about its server is kept in `home`.

    Raises:
        NotConfigured: the settings name a model, but neither a key nor a server.
    """
    if settings.model == OFFLINE or not (settings.model or settings.base_url or settings.api_key):
        return None
    if not (settings.base_url or settings.api_key):
        remedy = "Set OPENAI_API_KEY, or base_url to a server of your own, or use the model 'offline'."
        raise NotConfigured(f"Model '{settings.model}' has no server and no key.", remedy)
    name, url = settings.model or DEFAULT_MODEL, settings.base_url or OPENAI_URL
    set_by_user = parse_setting(settings.capabilities) | ({} if settings.api == "auto" else {"api": settings.api})
    file = CapabilityFile(home / "capabilities.json") if home else None
    known = file.load(url, name) if file else Capabilities()
    return OpenAIChat(
        name,
        url,
        settings.api_key,
        settings.timeout,
        capabilities=replace(known, **set_by_user),
        fixed=set_by_user,
        learned=partial(file.save, url, name) if file else (lambda facts: None),
    )


def serve_file(settings: Config, path: Path) -> AbstractContextManager[ServedModel]:
    """Serve a GGUF file, with the context window that is set, while a `with` block runs.

    Raises:
        BadFile, NotConfigured, ModelUnreachable: the file, the program or its start is at fault.
        HomeUnusable: the home, which holds the server's log, cannot be made.
    """
    log = config.make_home(settings.home) / "logs" / "llama-server.log"
    return serve_gguf(path, settings.settings.window, log, SystemClock())


def create_ladder(model: ChatModel, settings: Settings) -> Ladder:
    """Return the ladder of a model: on the rung that is set, or else on the one that is known of its server.

    A model in this process is called as it asks for: natively where it supports tools.
    """
    tools = None if settings.tools == "auto" else settings.tools
    if settings.contract in RUNGS:
        return Ladder(KnownRung(settings.contract), fixed=True, tools=tools)
    if settings.contract == "memgpt" or not isinstance(model, OpenAIChat):
        return Ladder(KnownRung("native"), fixed=True, tools=tools)
    can = model.capabilities
    rung = next((rung for rung in RUNGS if rung == can.contract), None)
    known = KnownRung(rung, can.contract_evidence or "", can.contract_failures or 0) if rung else None
    return Ladder(known, tools=tools, keep=partial(_keep_rung, model))


def find_contract(model: OpenAIChat) -> Finding:
    """Find out by which contract a model can be asked to act, and remember it.

    Raises:
        RateLimited, NotAuthorised, ModelUnreachable: the server does not answer.
    """
    steps = find_rung(model)
    while True:
        try:
            next(steps)
        except StopIteration as done:
            finding: Finding = done.value
            _keep_rung(model, KnownRung(finding.rung, "found by doctor --live"))
            return finding


def _keep_rung(model: OpenAIChat, known: KnownRung) -> None:
    model.learn(contract=known.rung, contract_evidence=known.evidence, contract_failures=known.failures or None)


def create_embedder(settings: Settings, models: Path) -> Embedder | None:
    """Return the embedder that the settings name, or None if they name none. Its files are in the folder `models`.

    Raises:
        NotConfigured: the name is unknown, or the embedder is not installed.
    """
    url = settings.embedder_url or settings.base_url
    key = settings.embedder_key or (settings.api_key if same_host(url, settings.base_url or OPENAI_URL) else "")
    return embedders.create_by_name(settings.embedder, device=settings.device, models=models, url=url, key=key)


def export_local_model(models: Path) -> tuple[Path, bool]:
    """Write the local embedding model into the folder `models`, in the format that onnxruntime loads fast.

    Return its file, and whether it was written now or existed before.

    Raises:
        NotConfigured: the weights are not installed, or are not the published ones.
    """
    embedder = OnnxEmbedder(weights_folder(), models)
    written = embedder.export()
    return embedder.path, written
