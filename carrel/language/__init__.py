"""What a text says: its language, its sentences, speech acts, dates and facts, and how to answer. Pure."""
