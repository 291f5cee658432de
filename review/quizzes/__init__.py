"""Quizzes from real calls: what would you answer, and how others answered it."""
