"""What a portal keeps: the rows of records with indexes and histories, and beside them campaigns, segments, submissions."""
