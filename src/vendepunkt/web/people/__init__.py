"""Who works here: accounts, roles, signing in, and the record of what was done."""
