"""Every port in memory: for tests and for whoever embeds the core. Forgets all with its process."""
