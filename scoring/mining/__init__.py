"""What the calls that went well have in common: phrases and moves with effect, interval and false-discovery control."""
