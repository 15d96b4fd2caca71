"""What an admin's rules say to a save: validation, duplicates, record types, what a user may see."""
