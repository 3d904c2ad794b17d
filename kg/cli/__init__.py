"""The command ``kg`` (docs/reference/cli.md), a file for each of its commands."""
