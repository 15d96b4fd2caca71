"""How to talk to a vendor; knows no rule."""
