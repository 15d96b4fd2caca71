"""What kinds and fields there are: how they are written down, those of a fresh org, how their values are read."""
