"""Keeping an index: building it, its folder of articles, and building it again when they change."""
