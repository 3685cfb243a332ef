"""A file to an Article, an Article to Passages."""
