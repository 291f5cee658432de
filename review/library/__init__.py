"""The library: clips opened to every seller, good examples, praise, and playlists people work through."""
