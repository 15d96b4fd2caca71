"""`python -m sync` is `leadbridge`."""

from sync.cli import main

main()
