"""Saving records: what is checked and kept, and the acts that are many saves in one."""
