"""Read models: every page's data as frozen rows, already cut to what the viewer may see. One module per page."""
