"""The command ``kg`` (contract A4), a file for each of its commands."""
