"""What an admin sets up in an org: rules of saving, rights, record types."""
