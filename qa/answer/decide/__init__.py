"""Spans to a decision: an answer and how sure it is, or none."""
