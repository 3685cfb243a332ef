"""Text to vectors to nearest vectors; knows nothing of articles."""
