"""Reading: project files, boundary layers, spreadsheets; nothing is lost and nothing is repaired in silence."""
