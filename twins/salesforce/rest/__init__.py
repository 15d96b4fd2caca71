"""The resources under /services/data: rows one by one, many at once, queries, what the org is."""
