"""Other systems, answering in an environment of their own; nothing here is imported by Verbatim."""
