"""Forms, by audience."""
