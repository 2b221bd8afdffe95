"""Bulk import of people and plans from CSV, with a report on every row and nothing half-kept."""
