"""Programs that kill what runs and count what was lost."""
