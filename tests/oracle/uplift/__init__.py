"""Worlds where the effect of a contact is known, and what the uplift models find."""
