"""How reps and teams do over time: answers kept as rows, estimates with intervals, the people's pages' figures."""
