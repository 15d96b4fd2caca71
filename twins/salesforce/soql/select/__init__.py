"""SELECT and GROUP BY against the schema: what one row, or one group of rows, becomes."""
