"""What stands before the models: turns taken, time kept, answers kept."""
