"""For whoever runs the server: settings, health, the clock and the technical log."""
