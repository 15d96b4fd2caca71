"""What lives inside Salesforce and HubSpot."""
