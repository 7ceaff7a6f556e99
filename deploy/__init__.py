"""How Wuguan is run: units, containers and local services; imports no other package of ours."""
