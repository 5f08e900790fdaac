"""Notices to people: an inbox, e-mail and webhooks, quiet hours."""
