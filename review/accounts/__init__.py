"""Accounts: who comes in and how, what they may do, and which team they were in when."""
