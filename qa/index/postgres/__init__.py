"""Generations in PostgreSQL with pgvector: several servers ask one database. Needs the extra `postgres`."""
