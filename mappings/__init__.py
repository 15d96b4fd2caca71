"""What corresponds to what: the agreement of the two teams, pure."""
