"""Working time: calendars of the installation and of teams, and the moments deadlines and mails are held to."""
