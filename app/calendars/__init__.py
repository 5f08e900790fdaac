"""The city's calendar as data: seasons, windows, holidays, make-up days."""
