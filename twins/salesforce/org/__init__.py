"""The state of an org: its rows, their ids, what an admin has set up, what was deleted."""
