"""The command ``kg`` (docs/reference/cli.md), with one file per subcommand."""
