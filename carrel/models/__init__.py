"""What Carrel talks to: language models, embedders and token counters, each behind a protocol."""
