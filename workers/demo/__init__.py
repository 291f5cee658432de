"""Sample calls, their scripts and the demo CRM."""
