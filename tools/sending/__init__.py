"""Sending under load and under fire: the ground it starts from, a sink that writes down first, kills, figures."""
