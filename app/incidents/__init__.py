"""The case: report → accept → file → dispatch → handle → feed back → check → close."""
