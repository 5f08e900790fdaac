"""What is live: facts as they happen, over server-sent events."""
