"""Verbatim: answers questions about a collection of articles in the articles' own words."""
