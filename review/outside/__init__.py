"""What people from outside see of a call: how it was led, and not who the client or the seller is."""
