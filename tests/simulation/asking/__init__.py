"""Short histories in which people do little but ask for stages, from both sides, held to what both teams agreed on."""
