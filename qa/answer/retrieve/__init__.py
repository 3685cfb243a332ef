"""What is asked to the passages that may answer it."""
