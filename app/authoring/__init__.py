"""Writing a policy without being a programmer: a draft from a few answers, a table from a spreadsheet."""
