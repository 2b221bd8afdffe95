"""The audit log: a hash chain for each subject, which erasure leaves whole."""
