"""The `qa` command: one file a subcommand."""
