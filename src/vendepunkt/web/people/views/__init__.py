"""What those who work here see of accounts and of the record."""
