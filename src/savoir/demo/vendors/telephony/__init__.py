"""The same calls as other telephony systems than Asterisk would export them."""
