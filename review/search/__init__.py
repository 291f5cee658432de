"""Full-text search over what was said: one way of cutting words for the index and for the query, on both databases."""
