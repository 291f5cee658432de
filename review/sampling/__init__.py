"""Which calls people score, and who: rules, draws by lot and by risk, assignments, and the score the lot gives."""
