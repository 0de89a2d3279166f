"""Facts with a key, as sentences state them and questions ask for them."""
