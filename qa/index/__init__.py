"""Passages to a published generation, and search in it."""
