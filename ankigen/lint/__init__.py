"""What a rule is, and the engine that runs them over content roots."""
