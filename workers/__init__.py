"""What runs in the background: queue jobs, the sweep, the watched folder, the supervisor and the command line."""
