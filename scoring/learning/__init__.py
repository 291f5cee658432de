"""Models that learn from reviewers' labels: text features, calibrated probabilities, measures. Pure, no database."""
