"""The server of the redraw board."""
