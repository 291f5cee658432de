"""Machine and people: how far they agree on each criterion, and which criteria the machine may answer by itself."""
