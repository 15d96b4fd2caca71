"""One call and its answer: what every resource reads and writes alike."""
