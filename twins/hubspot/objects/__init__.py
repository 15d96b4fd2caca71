"""The records API: one by one, in batches and lists, merged and erased, and what follows from a write."""
