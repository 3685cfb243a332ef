"""Passages to spans that may answer, each with its odds against "this passage does not say"."""
