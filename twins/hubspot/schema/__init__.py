"""What a record may be: kinds, properties and their values, stages, and types of associations."""
