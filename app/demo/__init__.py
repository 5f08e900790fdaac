"""The demonstration: a sample city, its people, and cases that they are working on."""
