"""Main context: what it holds, how it is compiled, what is evicted from it and paged into it, and its breakdown."""
