"""A council's policy: its records, its document, its checks, and which one is in force."""
