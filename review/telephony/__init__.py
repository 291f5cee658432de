"""What telephone systems tell of calls: one module for each system, read into the same `PbxCall`."""
