"""CRMs: what is read from them, what is told to them, and one module for each of them."""
