"""A decision to what a person is told: citations, and reasons."""
