"""Notices of a lower amount: drafted, issued, served, run."""
