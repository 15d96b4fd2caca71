"""Moves changes between the two systems."""
