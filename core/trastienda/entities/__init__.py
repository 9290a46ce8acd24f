"""Entities: what they are, and the one path by which they are read and the one by which they are written."""
