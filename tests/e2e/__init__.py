"""The boards as their readers meet them: a real server, a real browser, a simulated district."""
