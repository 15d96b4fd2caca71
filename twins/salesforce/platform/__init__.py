"""What the platform does to records by itself, along with a save or after it."""
