"""What admins set, on the wire: properties, groups, pipelines, stages, owners, webhooks, the account itself."""
