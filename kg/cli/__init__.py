"""The command ``kg`` (contract A4): one module a command, or a group of commands."""
