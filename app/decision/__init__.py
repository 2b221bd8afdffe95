"""Decisions: what a named person agreed, ended or stopped, with reasons."""
