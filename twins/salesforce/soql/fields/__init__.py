"""Fields of a query against the schema: how to get values out of rows, and how they are printed."""
