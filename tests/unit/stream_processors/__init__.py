"""The runtime's own parts, on a store in memory."""
