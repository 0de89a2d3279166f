"""The vector index in Chroma, and how damage to it is found before it is opened."""
