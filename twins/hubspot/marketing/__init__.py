"""The tools of marketers, on the wire: campaigns, forms, and who still takes e-mail."""
