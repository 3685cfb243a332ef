"""Training and measuring; nothing here runs while a question is answered."""
