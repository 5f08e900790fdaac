"""An invented town in the shape of a Chinese county seat, made the same on every run."""
