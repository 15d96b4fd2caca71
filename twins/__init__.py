"""Both vendors on one machine, true on the wire: for the demo, for trying one's config, and for tests."""
