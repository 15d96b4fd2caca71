"""Who calls, with which call, and how many calls the day has left."""
