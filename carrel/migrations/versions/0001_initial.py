"""The first tables."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None


def upgrade() -> None:
    """Make all tables."""
    _agents_to_embedders()
    _blocks_to_outbox()
    _removals_to_speakers()
    _vectors_and_turns()
    _memory_events()
    _messages()
    _passages()
    _retrievals_and_steps()
    _summaries_and_tool_runs()
    _queue_to_tags()
    _words()


def _agents_to_embedders() -> None:
    op.create_table('agents',
    sa.Column('id', sa.Integer(), autoincrement=True, nullable=False),
    sa.Column('name', sa.Text(), nullable=False),
    sa.Column('model', sa.Text(), nullable=True),
    sa.Column('created_at', sa.Text(), nullable=False),
    sa.Column('lease', sa.Text(), nullable=True),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_agents')),
    sa.UniqueConstraint('name', name=op.f('uq_agents_name')),
    sqlite_autoincrement=True
    )
    op.create_table('contents',
    sa.Column('hash', sa.Text(), nullable=False),
    sa.Column('body', sa.Text(), nullable=False),
    sa.PrimaryKeyConstraint('hash', name=op.f('pk_contents'))
    )
    op.create_table('embedders',
    sa.Column('id', sa.Integer(), autoincrement=True, nullable=False),
    sa.Column('fingerprint', sa.Text(), nullable=False),
    sa.Column('dimension', sa.Integer(), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_embedders')),
    sa.UniqueConstraint('fingerprint', name=op.f('uq_embedders_fingerprint'))
    )


def _blocks_to_outbox() -> None:
    op.create_table('blocks',
    sa.Column('id', sa.Integer(), autoincrement=True, nullable=False),
    sa.Column('agent_id', sa.Integer(), nullable=False),
    sa.Column('label', sa.Text(), nullable=False),
    sa.Column('description', sa.Text(), nullable=False),
    sa.Column('value', sa.Text(), nullable=False),
    sa.Column('limit', sa.Integer(), nullable=False),
    sa.Column('read_only', sa.Boolean(), nullable=False),
    sa.Column('position', sa.Integer(), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.Column('updated_at', sa.Text(), nullable=False),
    sa.ForeignKeyConstraint(['agent_id'], ['agents.id'], name=op.f('fk_blocks_agent_id_agents'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_blocks')),
    sa.UniqueConstraint('agent_id', 'label', name=op.f('uq_blocks_agent_id'))
    )
    op.create_table('index_marks',
    sa.Column('agent_id', sa.Integer(), nullable=False),
    sa.Column('tier', sa.Text(), nullable=False),
    sa.Column('generation', sa.Text(), nullable=False),
    sa.Column('upto', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['agent_id'], ['agents.id'], name=op.f('fk_index_marks_agent_id_agents'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('agent_id', 'tier', 'generation', name=op.f('pk_index_marks'))
    )
    op.create_table('outbox',
    sa.Column('n', sa.Integer(), autoincrement=True, nullable=False),
    sa.Column('agent_id', sa.Integer(), nullable=False),
    sa.Column('tier', sa.Text(), nullable=False),
    sa.Column('row', sa.Integer(), nullable=False),
    sa.Column('tries', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['agent_id'], ['agents.id'], name=op.f('fk_outbox_agent_id_agents'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('n', name=op.f('pk_outbox')),
    sqlite_autoincrement=True
    )
    op.create_index('ix_outbox_agent', 'outbox', ['agent_id', 'tier', 'row'], unique=False)


def _removals_to_speakers() -> None:
    op.create_table('removals',
    sa.Column('n', sa.Integer(), autoincrement=True, nullable=False),
    sa.Column('agent_id', sa.Integer(), nullable=False),
    sa.Column('tier', sa.Text(), nullable=False),
    sa.Column('vector_n', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['agent_id'], ['agents.id'], name=op.f('fk_removals_agent_id_agents'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('n', name=op.f('pk_removals')),
    sqlite_autoincrement=True
    )
    op.create_table('sessions',
    sa.Column('n', sa.Integer(), autoincrement=True, nullable=False),
    sa.Column('id', sa.Text(), nullable=False),
    sa.Column('agent_id', sa.Integer(), nullable=False),
    sa.Column('name', sa.Text(), nullable=True),
    sa.Column('origin', sa.Text(), nullable=False),
    sa.Column('started_at', sa.Text(), nullable=False),
    sa.Column('last_at', sa.Text(), nullable=False),
    sa.Column('head', sa.Text(), nullable=True),
    sa.CheckConstraint("origin in ('chat', 'import')", name=op.f('ck_sessions_origin')),
    sa.ForeignKeyConstraint(['agent_id'], ['agents.id'], name=op.f('fk_sessions_agent_id_agents'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('n', name=op.f('pk_sessions')),
    sa.UniqueConstraint('agent_id', 'name', name=op.f('uq_sessions_agent_id')),
    sa.UniqueConstraint('id', name=op.f('uq_sessions_id')),
    sqlite_autoincrement=True
    )
    op.create_index('ix_sessions_agent_last', 'sessions', ['agent_id', 'last_at'], unique=False)
    op.create_table('speakers',
    sa.Column('agent_id', sa.Integer(), nullable=False),
    sa.Column('name', sa.Text(), nullable=False),
    sa.ForeignKeyConstraint(['agent_id'], ['agents.id'], name=op.f('fk_speakers_agent_id_agents'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('agent_id', 'name', name=op.f('pk_speakers'))
    )


def _vectors_and_turns() -> None:
    op.create_table('vectors',
    sa.Column('n', sa.Integer(), autoincrement=True, nullable=False),
    sa.Column('agent_id', sa.Integer(), nullable=False),
    sa.Column('tier', sa.Text(), nullable=False),
    sa.Column('row', sa.Integer(), nullable=False),
    sa.Column('part', sa.Integer(), nullable=False),
    sa.Column('embedder_id', sa.Integer(), nullable=False),
    sa.Column('vector', sa.LargeBinary(), nullable=False),
    sa.ForeignKeyConstraint(['agent_id'], ['agents.id'], name=op.f('fk_vectors_agent_id_agents'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['embedder_id'], ['embedders.id'], name=op.f('fk_vectors_embedder_id_embedders')),
    sa.PrimaryKeyConstraint('n', name=op.f('pk_vectors')),
    sa.UniqueConstraint('tier', 'row', 'part', 'embedder_id', name='uq_vectors_row'),
    sqlite_autoincrement=True
    )
    op.create_index('ix_vectors_agent', 'vectors', ['agent_id', 'tier', 'embedder_id', 'n'], unique=False)
    op.create_table('turns',
    sa.Column('n', sa.Integer(), autoincrement=True, nullable=False),
    sa.Column('id', sa.Text(), nullable=False),
    sa.Column('agent_id', sa.Integer(), nullable=False),
    sa.Column('session_id', sa.Text(), nullable=False),
    sa.Column('state', sa.Text(), nullable=False),
    sa.Column('model', sa.Text(), nullable=False),
    sa.Column('started_at', sa.Text(), nullable=False),
    sa.Column('ended_at', sa.Text(), nullable=True),
    sa.Column('error', sa.Text(), nullable=True),
    sa.CheckConstraint("state in ('running', 'complete', 'interrupted', 'failed')", name=op.f('ck_turns_state')),
    sa.ForeignKeyConstraint(['agent_id'], ['agents.id'], name=op.f('fk_turns_agent_id_agents'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['session_id'], ['sessions.id'], name=op.f('fk_turns_session_id_sessions'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('n', name=op.f('pk_turns')),
    sa.UniqueConstraint('id', name=op.f('uq_turns_id')),
    sqlite_autoincrement=True
    )
    op.create_index('ix_turns_agent_state', 'turns', ['agent_id', 'state'], unique=False)
    op.create_index(op.f('ix_turns_session_id'), 'turns', ['session_id'], unique=False)


def _memory_events() -> None:
    op.create_table('memory_events',
    sa.Column('n', sa.Integer(), autoincrement=True, nullable=False),
    sa.Column('id', sa.Text(), nullable=False),
    sa.Column('agent_id', sa.Integer(), nullable=False),
    sa.Column('tier', sa.Text(), nullable=False),
    sa.Column('ref', sa.Text(), nullable=False),
    sa.Column('op', sa.Text(), nullable=False),
    sa.Column('before', sa.Text(), nullable=True),
    sa.Column('after', sa.Text(), nullable=True),
    sa.Column('actor', sa.Text(), nullable=False),
    sa.Column('reason', sa.Text(), nullable=True),
    sa.Column('turn_id', sa.Text(), nullable=True),
    sa.Column('step', sa.Integer(), nullable=True),
    sa.Column('position', sa.Integer(), nullable=True),
    sa.Column('at', sa.Text(), nullable=False),
    sa.CheckConstraint("actor in ('user', 'agent', 'system', 'import', 'api')", name=op.f('ck_memory_events_actor')),
    sa.CheckConstraint("tier in ('core', 'recall', 'archival')", name=op.f('ck_memory_events_tier')),
    sa.ForeignKeyConstraint(['agent_id'], ['agents.id'], name=op.f('fk_memory_events_agent_id_agents'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['turn_id'], ['turns.id'], name=op.f('fk_memory_events_turn_id_turns'), ondelete='SET NULL'),
    sa.PrimaryKeyConstraint('n', name=op.f('pk_memory_events')),
    sa.UniqueConstraint('id', name=op.f('uq_memory_events_id')),
    sqlite_autoincrement=True
    )
    op.create_index('ix_memory_events_ref', 'memory_events', ['agent_id', 'tier', 'ref'], unique=False)
    op.create_index('ix_memory_events_turn', 'memory_events', ['turn_id'], unique=False)


def _messages() -> None:
    op.create_table('messages',
    sa.Column('n', sa.Integer(), autoincrement=True, nullable=False),
    sa.Column('id', sa.Text(), nullable=False),
    sa.Column('agent_id', sa.Integer(), nullable=False),
    sa.Column('session_id', sa.Text(), nullable=False),
    sa.Column('turn_id', sa.Text(), nullable=True),
    sa.Column('step', sa.Integer(), nullable=True),
    sa.Column('position', sa.Integer(), nullable=True),
    sa.Column('role', sa.Text(), nullable=False),
    sa.Column('speaker', sa.Text(), nullable=True),
    sa.Column('text', sa.Text(), nullable=False),
    sa.Column('calls', sa.JSON(), nullable=True),
    sa.Column('call_id', sa.Text(), nullable=True),
    sa.Column('tool', sa.Text(), nullable=True),
    sa.Column('ok', sa.Boolean(), nullable=True),
    sa.Column('state', sa.Text(), nullable=False),
    sa.Column('at', sa.Text(), nullable=False),
    sa.Column('source', sa.Text(), nullable=True),
    sa.Column('import_key', sa.Text(), nullable=True),
    sa.Column('tokens', sa.Integer(), nullable=False),
    sa.Column('asks', sa.Float(), nullable=False),
    sa.Column('first_person', sa.Integer(), nullable=False),
    sa.Column('time_words', sa.Integer(), nullable=False),
    sa.CheckConstraint("role in ('system', 'user', 'assistant', 'tool')", name=op.f('ck_messages_role')),
    sa.CheckConstraint("state in ('complete', 'interrupted')", name=op.f('ck_messages_state')),
    sa.ForeignKeyConstraint(['agent_id'], ['agents.id'], name=op.f('fk_messages_agent_id_agents'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['session_id'], ['sessions.id'], name=op.f('fk_messages_session_id_sessions'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['turn_id'], ['turns.id'], name=op.f('fk_messages_turn_id_turns'), ondelete='SET NULL'),
    sa.PrimaryKeyConstraint('n', name=op.f('pk_messages')),
    sa.UniqueConstraint('agent_id', 'import_key', name=op.f('uq_messages_agent_id')),
    sa.UniqueConstraint('id', name=op.f('uq_messages_id')),
    sqlite_autoincrement=True
    )
    op.create_index('ix_messages_agent_at', 'messages', ['agent_id', 'at'], unique=False)
    op.create_index('ix_messages_agent_n', 'messages', ['agent_id', 'n'], unique=False)
    op.create_index('ix_messages_position', 'messages', ['session_id', 'position'], unique=False)
    op.create_index('ix_messages_session', 'messages', ['session_id', 'n'], unique=False)
    op.create_index('ix_messages_turn', 'messages', ['turn_id'], unique=False)


def _passages() -> None:
    op.create_table('passages',
    sa.Column('n', sa.Integer(), autoincrement=True, nullable=False),
    sa.Column('id', sa.Text(), nullable=False),
    sa.Column('agent_id', sa.Integer(), nullable=False),
    sa.Column('session_id', sa.Text(), nullable=True),
    sa.Column('turn_id', sa.Text(), nullable=True),
    sa.Column('text', sa.Text(), nullable=False),
    sa.Column('tags', sa.JSON(), nullable=False),
    sa.Column('origin', sa.Text(), nullable=False),
    sa.Column('document', sa.Text(), nullable=True),
    sa.Column('source', sa.Text(), nullable=True),
    sa.Column('import_key', sa.Text(), nullable=True),
    sa.Column('state', sa.Text(), nullable=False),
    sa.Column('successor', sa.Text(), nullable=True),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.Column('hash', sa.Text(), nullable=False),
    sa.Column('at', sa.Text(), nullable=False),
    sa.Column('updated_at', sa.Text(), nullable=False),
    sa.Column('tokens', sa.Integer(), nullable=False),
    sa.CheckConstraint("state in ('live', 'superseded', 'deleted')", name=op.f('ck_passages_state')),
    sa.ForeignKeyConstraint(['agent_id'], ['agents.id'], name=op.f('fk_passages_agent_id_agents'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['session_id'], ['sessions.id'], name=op.f('fk_passages_session_id_sessions'), ondelete='SET NULL'),
    sa.ForeignKeyConstraint(['turn_id'], ['turns.id'], name=op.f('fk_passages_turn_id_turns'), ondelete='SET NULL'),
    sa.PrimaryKeyConstraint('n', name=op.f('pk_passages')),
    sa.UniqueConstraint('agent_id', 'import_key', name=op.f('uq_passages_agent_id')),
    sa.UniqueConstraint('id', name=op.f('uq_passages_id')),
    sqlite_autoincrement=True
    )
    op.create_index('ix_passages_agent_at', 'passages', ['agent_id', 'at'], unique=False)
    op.create_index('ix_passages_agent_hash', 'passages', ['agent_id', 'hash'], unique=False)


def _retrievals_and_steps() -> None:
    op.create_table('retrievals',
    sa.Column('n', sa.Integer(), autoincrement=True, nullable=False),
    sa.Column('id', sa.Text(), nullable=False),
    sa.Column('agent_id', sa.Integer(), nullable=False),
    sa.Column('turn_id', sa.Text(), nullable=True),
    sa.Column('step', sa.Integer(), nullable=True),
    sa.Column('kind', sa.Text(), nullable=False),
    sa.Column('query', sa.Text(), nullable=False),
    sa.Column('at', sa.Text(), nullable=False),
    sa.CheckConstraint("kind in ('page_in', 'tool')", name=op.f('ck_retrievals_kind')),
    sa.ForeignKeyConstraint(['agent_id'], ['agents.id'], name=op.f('fk_retrievals_agent_id_agents'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['turn_id'], ['turns.id'], name=op.f('fk_retrievals_turn_id_turns'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('n', name=op.f('pk_retrievals')),
    sa.UniqueConstraint('id', name=op.f('uq_retrievals_id')),
    sqlite_autoincrement=True
    )
    op.create_index(op.f('ix_retrievals_turn_id'), 'retrievals', ['turn_id'], unique=False)
    op.create_table('steps',
    sa.Column('turn_id', sa.Text(), nullable=False),
    sa.Column('number', sa.Integer(), nullable=False),
    sa.Column('at', sa.Text(), nullable=False),
    sa.Column('model', sa.Text(), nullable=False),
    sa.Column('finish', sa.Text(), nullable=False),
    sa.Column('estimated_tokens', sa.Integer(), nullable=False),
    sa.Column('prompt_tokens', sa.Integer(), nullable=True),
    sa.Column('completion_tokens', sa.Integer(), nullable=True),
    sa.Column('cached_tokens', sa.Integer(), nullable=True),
    sa.Column('window', sa.JSON(), nullable=False),
    sa.ForeignKeyConstraint(['turn_id'], ['turns.id'], name=op.f('fk_steps_turn_id_turns'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('turn_id', 'number', name=op.f('pk_steps'))
    )


def _summaries_and_tool_runs() -> None:
    op.create_table('summaries',
    sa.Column('n', sa.Integer(), autoincrement=True, nullable=False),
    sa.Column('session_id', sa.Text(), nullable=False),
    sa.Column('turn_id', sa.Text(), nullable=True),
    sa.Column('text', sa.Text(), nullable=False),
    sa.Column('tokens', sa.Integer(), nullable=False),
    sa.Column('first_n', sa.Integer(), nullable=True),
    sa.Column('last_n', sa.Integer(), nullable=True),
    sa.Column('at', sa.Text(), nullable=False),
    sa.ForeignKeyConstraint(['session_id'], ['sessions.id'], name=op.f('fk_summaries_session_id_sessions'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['turn_id'], ['turns.id'], name=op.f('fk_summaries_turn_id_turns'), ondelete='SET NULL'),
    sa.PrimaryKeyConstraint('n', name=op.f('pk_summaries')),
    sqlite_autoincrement=True
    )
    op.create_index(op.f('ix_summaries_session_id'), 'summaries', ['session_id'], unique=False)
    op.create_table('tool_runs',
    sa.Column('turn_id', sa.Text(), nullable=False),
    sa.Column('step', sa.Integer(), nullable=False),
    sa.Column('position', sa.Integer(), nullable=False),
    sa.Column('call_id', sa.Text(), nullable=False),
    sa.Column('name', sa.Text(), nullable=False),
    sa.Column('arguments', sa.Text(), nullable=False),
    sa.Column('state', sa.Text(), nullable=False),
    sa.Column('message_id', sa.Text(), nullable=True),
    sa.Column('at', sa.Text(), nullable=False),
    sa.CheckConstraint("state in ('started', 'done', 'refused')", name=op.f('ck_tool_runs_state')),
    sa.ForeignKeyConstraint(['turn_id'], ['turns.id'], name=op.f('fk_tool_runs_turn_id_turns'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('turn_id', 'step', 'position', name=op.f('pk_tool_runs'))
    )


def _queue_to_tags() -> None:
    op.create_table('queue',
    sa.Column('session_id', sa.Text(), nullable=False),
    sa.Column('message_n', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['message_n'], ['messages.n'], name=op.f('fk_queue_message_n_messages'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['session_id'], ['sessions.id'], name=op.f('fk_queue_session_id_sessions'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('session_id', 'message_n', name=op.f('pk_queue'))
    )
    op.create_table('retrieval_hits',
    sa.Column('retrieval_n', sa.Integer(), nullable=False),
    sa.Column('rank', sa.Integer(), nullable=False),
    sa.Column('tier', sa.Text(), nullable=False),
    sa.Column('ref', sa.Text(), nullable=False),
    sa.Column('score', sa.Float(), nullable=False),
    sa.Column('scores', sa.JSON(), nullable=False),
    sa.Column('taken', sa.Boolean(), nullable=False),
    sa.Column('reason', sa.Text(), nullable=True),
    sa.ForeignKeyConstraint(['retrieval_n'], ['retrievals.n'], name=op.f('fk_retrieval_hits_retrieval_n_retrievals'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('retrieval_n', 'rank', name=op.f('pk_retrieval_hits'))
    )
    op.create_table('tags',
    sa.Column('passage_n', sa.Integer(), nullable=False),
    sa.Column('tag', sa.Text(), nullable=False),
    sa.Column('agent_id', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['agent_id'], ['agents.id'], name=op.f('fk_tags_agent_id_agents'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['passage_n'], ['passages.n'], name=op.f('fk_tags_passage_n_passages'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('passage_n', 'tag', name=op.f('pk_tags'))
    )
    op.create_index('ix_tags_agent_tag', 'tags', ['agent_id', 'tag'], unique=False)


def _words() -> None:
    tokenizer = "porter unicode61 remove_diacritics 2"
    for name in ("message_words", "passage_words"):
        op.execute(f"CREATE VIRTUAL TABLE {name} USING fts5(agent, text, tokenize = '{tokenizer}')")
