"""Scoring compiled to machine code: the same answers in less time, on machines with a C compiler; never needed."""
