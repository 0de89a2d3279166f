"""The search that `recall_search`, `archival_search`, page-in, the command line and the API all use.

Every hit is a live row of the agent. A row without a vector is found by words. Rows that another process has just
committed are found too.
"""

import logging
from collections.abc import Callable, Collection, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from carrel.errors import Busy, HomeUnusable, OperatorError, UsageError
from carrel.memory.db.schema import agents, speakers, stale_words
from carrel.memory.journal.scope import Scope
from carrel.memory.search.engines import Engines
from carrel.memory.search.hydrate import load_hits
from carrel.memory.search.lexical import MAX_COUNTED, AgentRows, Matches, match_words
from carrel.memory.search.plan import BROAD, NARROW, Breadth, SearchPlan
from carrel.memory.search.question import read_question
from carrel.memory.search.ranking import RankedRow, Ranking, rank
from carrel.memory.search.semantic import FEW_ROWS, MIN_COSINE, IndexAnswer, SemanticSearch
from carrel.memory.search.shortlist import RowKey, Shortlist
from carrel.memory.values import Filters, Hit, Mode, SearchPage, StoredMessage, Tier
from carrel.text import clean_text
from carrel.words import remove_non_prose, terms_as_written

log = logging.getLogger(__name__)

MAX_LIMIT = 1_000
MAX_QUERY = 4_000
"""Characters of a query that are read; the rest rarely improves the result."""
TIMEOUT_S = 60.0
"""How long a search waits for the embedder to load before it continues with words alone."""
TURN_TIMEOUT_S = 3.0
"""The same within a turn. MiniLM takes half a second on a CPU, a model on a GPU eight."""


@dataclass(frozen=True, slots=True)
class Prefetch:
    """A search for a message that was started before the message was stored."""

    plan: SearchPlan
    answer: Callable[[], IndexAnswer]
    """Waits for the answer of the index and returns it."""


class Search:
    """The search of one agent."""

    def __init__(self, scope: Scope, engines: Engines) -> None:
        self._scope = scope
        self._engines = engines
        self._semantic = (
            SemanticSearch(scope.agent_id, engines.embedding, engines.index, engines.vectors)
            if engines.vectors
            else None
        )

    def find(
        self,
        query: str,
        tiers: Sequence[Tier],
        *,
        limit: int = 10,
        page: int = 1,
        filters: Filters | None = None,
        mode: Mode = "hybrid",
        timeout_s: float = TIMEOUT_S,
        rank_last: Collection[int] = (),
    ) -> SearchPage:
        """Return one page of hits for a query, best first; of equal ones the newer comes first.

        Messages with numbers in `rank_last`, such as those of the current turn, rank behind all others.

        Raises:
            UsageError: the query is empty, the limit or the page is out of range, or `since` is after `until`.
        """
        wanted = filters or Filters()
        text = _checked(query, limit, page, wanted)
        plan = self._plan(text, tiers, filters=wanted, mode=mode, rank_last=rank_last, breadth=BROAD)
        wait_for_answer = self._start_query(plan, timeout_s)
        with self._scope.read() as connection:
            matches = self._match_words(connection, plan, BROAD.pool)
            total = sum(match.total() for match in matches.values())
        answer = wait_for_answer()  # outside of any snapshot, which would keep others from committing
        with self._scope.read() as connection:
            ranking = self._rank(connection, plan, matches, answer)
            ranked = ranking.rows
            if page * limit > len(ranked) and total > len(ranking.by_words):
                ranked = [*ranked, *self._rest(connection, plan, ranked)]
            hits = self._load_hits(connection, ranked[(page - 1) * limit : page * limit])
        count = total + ranking.count_without_words(plan.question, BROAD.pool)
        used: Mode = "words" if answer.vector is None else mode
        return SearchPage(text, tuple(hits), count, page, max(1, -(-count // limit)), used)

    def prefetch(self, text: str, tiers: Sequence[Tier]) -> Prefetch | None:
        """Start to query the index for a message that is about to be stored, for `find_relevant`.

        Return None if something must be loaded or embedded first, since storing a message must not wait for that.
        Raise UsageError if the text is empty.
        """
        if not self._engines.embedding.ready or self._semantic is None:
            return None
        plan = self._plan(_checked(text, 1, 1, Filters()), tiers, breadth=NARROW)
        return None if plan.waiting else Prefetch(plan, self._submit(plan, 0.0))

    def find_relevant(
        self,
        message: StoredMessage,
        tiers: Sequence[Tier],
        *,
        limit: int,
        timeout_s: float,
        prefetch: Prefetch | None = None,
    ) -> list[Hit]:
        """Return what is most relevant to a message, best first, without the message itself and without a total.

        The message is not embedded for this, because nobody searches for what was said just now.

        Raises:
            UsageError: the message is empty.
        """
        if prefetch is None:
            text = _checked(message.text, limit, 1, Filters())
            plan = self._plan(text, tiers, rank_last={message.n}, breadth=NARROW)
            if plan.row_count <= len(plan.rank_last):  # a new agent: do not wait for the embedder to be loaded
                return []
            wait_for_answer = self._start_query(plan, timeout_s, message.n)
        else:
            plan, wait_for_answer = replace(prefetch.plan, rank_last={message.n}), prefetch.answer
        answer = wait_for_answer()  # outside of any snapshot, which would keep others from committing
        with self._scope.read() as connection:
            matches = self._match_words(connection, plan, NARROW.pool)
            ranked = self._rank(connection, plan, matches, answer).rows
            others = [item for item in ranked if not plan.ranks_last(item.key)]
            return self._load_hits(connection, others[:limit])

    def _plan(
        self,
        text: str,
        tiers: Sequence[Tier],
        *,
        breadth: Breadth,
        filters: Filters | None = None,
        mode: Mode = "hybrid",
        rank_last: Collection[int] = (),
    ) -> SearchPlan:
        """Read the question, and how the index differs from SQL before it is queried."""
        agent = {"agent": self._scope.agent_id}
        with self._scope.read() as connection:
            about = connection.execute(_ABOUT, agent).fetchall()
            counts: dict[Tier, int] = (
                {"recall": about[0].recall_count, "archival": about[0].archival_count} if about else {}
            )
            many = [tier for tier in tiers if counts.get(tier, 0) > FEW_ROWS]
            coverage = self._semantic.coverage(connection, many) if self._semantic and mode != "words" else {}
            vectors = self._engines.vectors
            waiting = vectors.indexer.find_few_waiting(connection) if vectors and mode != "words" else ()
        names = [row.name for row in about if row.name is not None]
        question = read_question(text, names, self._scope.now())
        if about and about[0].has_stale_words:
            question = replace(question, words=tuple(dict.fromkeys([*question.words, *terms_as_written(text)])))
        return SearchPlan(
            question=question,
            tiers=tuple(tier for tier in tiers if counts.get(tier)),
            filters=filters or Filters(),
            mode=mode,
            rank_last=rank_last,
            breadth=breadth,
            is_only_agent=bool(about) and not about[0].has_others,
            coverage=coverage,
            row_count=sum(counts.get(tier, 0) for tier in tiers),
            waiting=waiting,
        )

    def _start_query(self, plan: SearchPlan, timeout_s: float, ignored_message: int = 0) -> Callable[[], IndexAnswer]:
        """Start to search by meaning and return a function that waits for the answer, which may be empty.

        Waiting rows other than the ignored message are embedded first, so that what was said a moment ago is found by
        meaning too. If the embedder cannot be reached, the answer is empty.
        """
        embedding, vectors = self._engines.embedding, self._engines.vectors
        if not plan.uses_meaning or vectors is None:
            return IndexAnswer
        try:
            if not embedding.ready and embedding.embed_query(plan.question.text_to_embed, timeout_s) is None:
                return IndexAnswer
            if self._scope.transaction is None and any(row != ("recall", ignored_message) for row in plan.waiting):
                with suppress(Busy, HomeUnusable):  # it is being written, or may not be: words find the waiting rows
                    vectors.indexer.flush()
        except OperatorError as error:
            _log_without_meaning(error)
            return IndexAnswer
        return self._submit(plan, timeout_s)

    def _submit(self, plan: SearchPlan, timeout_s: float) -> Callable[[], IndexAnswer]:
        """Query the index in another thread and return a function that waits for the answer."""
        if not plan.uses_meaning or self._semantic is None:
            return IndexAnswer
        try:
            future = self._engines.executor.submit(self._semantic.query_index, plan, timeout_s)
        except RuntimeError:
            raise UsageError("The home is closed.", "Open it again to search.") from None

        def wait() -> IndexAnswer:
            try:
                return future.result()
            except OperatorError as error:
                _log_without_meaning(error)
                return IndexAnswer()

        return wait

    def _match_words(self, connection: Connection, plan: SearchPlan, pool: int) -> dict[Tier, Matches]:
        """Return the rows of each tier that words find, best first."""
        scope = self._scope
        if plan.mode == "meaning":
            return {}
        sources = [
            AgentRows(connection, scope.fulltext, scope.agent_id, plan.is_only_agent, tier, plan.filters)
            for tier in plan.tiers
        ]
        return match_words(sources, plan.question.words, pool)

    def _match_meaning(self, connection: Connection, plan: SearchPlan, answer: IndexAnswer) -> list[RowKey]:
        """Return the rows that meaning finds, best first in each tier."""
        found: list[RowKey] = []
        if self._semantic is None or answer.vector is None:
            return found
        coverage = self._semantic.coverage(connection, plan.tiers) if answer.cosines else {}
        for tier in plan.tiers:
            best = self._semantic.best_rows(connection, tier, answer, coverage.get(tier), plan)
            found += [(tier, n) for n, cosine in best.items() if cosine >= MIN_COSINE]
        return found

    def _rank(
        self, connection: Connection, plan: SearchPlan, matches: Mapping[Tier, Matches], answer: IndexAnswer
    ) -> Ranking:
        by_meaning = self._match_meaning(connection, plan, answer)
        return rank(connection, self._shortlist(connection), plan, _keys(matches), by_meaning, answer.vector)

    def _rest(self, connection: Connection, plan: SearchPlan, ranked: Sequence[RankedRow]) -> list[RankedRow]:
        """Return the rows that words find beyond the scored ones, in an order that is the same for all pages."""
        shown = {item.key for item in ranked}
        rest = [key for key in _keys(self._match_words(connection, plan, MAX_COUNTED)) if key not in shown]
        rows = Shortlist(self._scope.fulltext, self._scope.agent_id, 0).load(connection, rest, plan.filters)
        last = min(0.0, ranked[-1].score) if ranked else 0.0
        return [RankedRow(key, last) for key in rest if key in rows]

    def _shortlist(self, connection: Connection) -> Shortlist:
        vectors = self._engines.vectors
        embedder_id = vectors.store.embedder_id(connection) if vectors else 0
        return Shortlist(self._scope.fulltext, self._scope.agent_id, embedder_id)

    def _load_hits(self, connection: Connection, ranked: Sequence[RankedRow]) -> list[Hit]:
        return load_hits(connection, [item.scored() for item in ranked], self._scope.local)


_AGENT: sa.BindParameter[int] = sa.bindparam("agent")
_OTHERS = agents.alias("others")
_ABOUT = (
    sa.select(
        agents.c.recall_count,
        agents.c.archival_count,
        sa.exists().where(_OTHERS.c.id != agents.c.id).label("has_others"),
        sa.exists(sa.select(stale_words.c.tier)).label("has_stale_words"),
        speakers.c.name,
    )
    .select_from(agents.outerjoin(speakers))
    .where(agents.c.id == _AGENT)
)
"""What a search needs to know about an agent: one row for each speaker, or a single one if there is none."""


def _keys(matches: Mapping[Tier, Matches]) -> list[RowKey]:
    """Return the rows that words found, best first in each tier."""
    return [(tier, n) for tier, match in matches.items() for n in match.rows]


def _log_without_meaning(error: OperatorError) -> None:
    log.warning("The search continues with words only: %s", error)


def _checked(query: str, limit: int, page: int, filters: Filters) -> str:
    """Return the cleaned query, without data such as base64. Raise UsageError."""
    cleaned = clean_text(query).strip()
    text = (remove_non_prose(cleaned).strip() or cleaned)[:MAX_QUERY]
    if not text:
        raise UsageError("The query is empty.", "Say what to search for.")
    if not 1 <= limit <= MAX_LIMIT:
        raise UsageError(f"Limit {limit} is out of range.", f"Ask for 1 to {MAX_LIMIT} results.")
    if page < 1:
        raise UsageError(f"Page {page} does not exist.", "Pages count from 1.")
    if filters.since and filters.until and filters.since > filters.until:
        raise UsageError("The date range ends before it begins.", "Swap since and until.")
    return text
