"""Looking over shoulders: the audit log, who read a record, and an auditor's reading more than usual."""
