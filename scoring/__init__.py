"""Pure judgement of a transcript against a standard: the same input gives the same assessment, every point with evidence."""
