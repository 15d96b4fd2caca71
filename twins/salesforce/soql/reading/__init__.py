"""From text to a query: words and grammar, nothing checked against the schema yet."""
