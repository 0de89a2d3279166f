"""Stable views for people who open the database with their own tools; docs/sql.md describes them.

Tables change from version to version, and these do not: a view may get another column, and never loses one. They are
dropped before an upgrade and created after it, so that a revision may rebuild any table. A changed view needs a
revision, even an empty one.
"""

from collections.abc import Mapping

_OF_AGENT = "JOIN agents ON agents.id = {table}.agent_id"

VIEWS: Mapping[str, str] = {
    "v_turns": f"""
        SELECT agents.name AS agent, turns.session_id AS session, sessions.name AS session_name, turns.id AS turn,
            turns.state, turns.model, turns.started_at, turns.ended_at, turns.error,
            (SELECT messages.text FROM messages WHERE messages.turn_id = turns.id AND messages.role = 'user'
                ORDER BY messages.n LIMIT 1) AS user_text,
            (SELECT messages.text FROM messages WHERE messages.turn_id = turns.id AND messages.role = 'assistant'
                AND messages.text <> '' ORDER BY messages.n DESC LIMIT 1) AS reply,
            (SELECT count(*) FROM steps WHERE steps.turn_id = turns.id) AS steps,
            (SELECT sum(coalesce(steps.prompt_tokens, steps.estimated_tokens)) FROM steps
                WHERE steps.turn_id = turns.id) AS prompt_tokens,
            (SELECT sum(steps.completion_tokens) FROM steps WHERE steps.turn_id = turns.id) AS completion_tokens
        FROM turns {_OF_AGENT.format(table="turns")} JOIN sessions ON sessions.id = turns.session_id""",
    "v_context": f"""
        SELECT agents.name AS agent, turns.session_id AS session, steps.turn_id AS turn, steps.number AS step,
            part.key + 1 AS position,
            CASE WHEN json_valid(contents.body) THEN json_extract(contents.body, '$.role') END AS role,
            CASE WHEN json_valid(contents.body) THEN json_extract(contents.body, '$.content') END AS text,
            contents.body AS body
        FROM steps JOIN turns ON turns.id = steps.turn_id {_OF_AGENT.format(table="turns")}
            JOIN json_each(steps.window) AS part JOIN contents ON contents.hash = part.value""",
    "v_memories": f"""
        SELECT agents.name AS agent, 'core' AS tier, blocks.label AS id, blocks.value AS text, 'live' AS state,
            blocks.updated_at AS at, NULL AS session, NULL AS turn, NULL AS role, NULL AS speaker, NULL AS source,
            '[]' AS tags, NULL AS successor
        FROM blocks {_OF_AGENT.format(table="blocks")}
        UNION ALL
        SELECT agents.name, 'recall', messages.id, messages.text,
            CASE WHEN messages.forgotten_at IS NULL THEN 'live' ELSE 'forgotten' END, messages.at, messages.session_id,
            messages.turn_id, messages.role, messages.speaker, messages.source, '[]', NULL
        FROM messages {_OF_AGENT.format(table="messages")}
        UNION ALL
        SELECT agents.name, 'archival', passages.id, passages.text,
            CASE WHEN passages.forgotten_at IS NULL THEN passages.state ELSE 'forgotten' END, passages.at,
            passages.session_id, passages.turn_id, NULL, NULL, passages.source, passages.tags, passages.successor
        FROM passages {_OF_AGENT.format(table="passages")}""",
    "v_history": f"""
        SELECT agents.name AS agent, memory_events.id AS event, memory_events.tier, memory_events.ref AS memory,
            memory_events.op, memory_events."before" AS "before", memory_events."after" AS "after",
            memory_events.actor, memory_events.reason, memory_events.turn_id AS turn, memory_events.step,
            memory_events.at
        FROM memory_events {_OF_AGENT.format(table="memory_events")}""",
    "v_retrievals": f"""
        SELECT agents.name AS agent, retrievals.id AS retrieval, retrievals.turn_id AS turn, retrievals.step,
            retrievals.kind, retrievals.query, retrievals.at, retrieval_hits.rank, retrieval_hits.tier,
            retrieval_hits.ref AS memory, retrieval_hits.score,
            json_extract(retrieval_hits.scores, '$.words') AS words,
            json_extract(retrieval_hits.scores, '$.meaning') AS meaning,
            json_extract(retrieval_hits.scores, '$.neighbours') AS neighbours,
            retrieval_hits.taken AS shown, retrieval_hits.reason
        FROM retrievals {_OF_AGENT.format(table="retrievals")}
            LEFT JOIN retrieval_hits ON retrieval_hits.retrieval_n = retrievals.n""",
}
"""The query of each view, by its name."""


def drop_views() -> list[str]:
    """Return the statements that drop the views."""
    return [f"DROP VIEW IF EXISTS {name}" for name in VIEWS]


def create_views() -> list[str]:
    """Return the statements that create the views."""
    return [f"CREATE VIEW {name} AS {' '.join(query.split())}" for name, query in VIEWS.items()]
