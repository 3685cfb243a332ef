"""What is known of the English language, and nothing of how it is used: below all stages."""
