"""A source as it is: its page, its headings and tables, with the quotes marked where they stand."""
