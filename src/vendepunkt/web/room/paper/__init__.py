"""Slips and paper ballots, typed in piles and read twice."""
