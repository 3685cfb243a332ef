"""What is fitted on answers: threshold, confidence, salience."""
