"""An optional language model on the company's own machines: it may suggest, people decide. Off unless it is set up."""
