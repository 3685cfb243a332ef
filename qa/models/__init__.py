"""Trained weights, each with its model card."""
