"""What lies there? Layer kinds, legends, code lists, readers and quality checks (floor 1)."""
