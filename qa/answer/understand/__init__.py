"""A question, and what was said before it, to what is asked."""
