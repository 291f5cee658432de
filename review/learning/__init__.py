"""Learning from reviewers over the database: verdicts, training data, models in charge, what to ask next, drift."""
