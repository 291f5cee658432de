"""Disputes: single answers of an evaluation objected to, decided level by level by people who had no part in them.

| Module | What one finds there |
|---|---|
| `levels` | who decides, pure |
| `rules`, `windows` | the deadlines, and until when an evaluation can be disputed |
| `raising` | raising a dispute |
| `deciding`, `settling` | the decision of a level, and what it changes in the evaluation |
| `moving` | taking it further, being content with it, withdrawing it |
| `due` | what happens by itself when a deadline passes |
| `reading`, `listing`, `queries` | one dispute, lists of them, counts by criterion and reviewer |
"""
