"""Policy documents: read, checked, written, and in force."""
