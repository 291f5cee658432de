"""Pure judgement of a transcript against a standard: same input, same assessment, every point with evidence."""
