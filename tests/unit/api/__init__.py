"""The HTTP service on a store in memory."""
