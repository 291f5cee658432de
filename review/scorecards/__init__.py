"""Scorecards under work: drafts, publishing, putting away, comparing, and previews on past calls.

`bodies` holds what a draft is and what is wrong with it, `drafts` saving without overwriting, `publishing` and
`archiving` what becomes of it, `comparing` what differs between two versions, `previews` and `preview_results` how past
calls would have scored, `listing` what pages show.
"""
