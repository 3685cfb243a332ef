"""`qa bench`: time and throughput."""
