"""Messages to real receivers on this machine: mail, robots, webhooks; and what they refuse."""
