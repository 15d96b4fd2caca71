"""The front of the house: which path leads where, what every call meets first, and signing in."""
