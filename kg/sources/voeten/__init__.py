"""The source ``voeten``: the table of votes of the political scientists, with absences."""
