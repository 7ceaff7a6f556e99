"""Writers, workers and the runtime together, on a real database and in real threads."""
