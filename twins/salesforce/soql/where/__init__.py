"""WHERE and HAVING against the schema: which rows hold, and what spares reading all."""
