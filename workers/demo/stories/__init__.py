"""Small stories that make the demo's pages alive, told through the same services as people use."""
