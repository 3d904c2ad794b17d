"""Reading tables as people have them, with messages that name what is wrong and what to do."""
