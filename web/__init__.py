"""The web page and /ask."""
