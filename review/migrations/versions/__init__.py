"""One file per revision, oldest first by number; a revision that was released is never edited."""
