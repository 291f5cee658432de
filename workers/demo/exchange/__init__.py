"""A telephone exchange for the demo: new calls arrive while somebody looks, by a watched folder and by webhook."""
