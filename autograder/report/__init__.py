"""The class at a glance, for the instructor: statistics, tables, figures, one HTML page."""
