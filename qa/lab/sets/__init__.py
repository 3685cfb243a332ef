"""Sets of questions with known answers, and how an answer is scored."""
