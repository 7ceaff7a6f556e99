"""The ports of `wuguan.ports`, one package a technology. Drivers' errors end here."""
