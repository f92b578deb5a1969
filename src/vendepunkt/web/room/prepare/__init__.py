"""Before the meeting: panels, questions, rules, codes, and what is printed."""
