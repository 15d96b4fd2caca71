"""Who is joined to whom: kept, told to apps, labelled, and on the wire."""
