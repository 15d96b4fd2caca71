"""Segments, which HubSpot's API still calls lists: who is in, by hand or by filter."""
