"""The meeting room: where a panel meets, on any phone or none.

`phone` is what participants see, `lead` what facilitators and note-takers work with, `screen` the
projector, `prepare` what happens before, `paper` what is typed from slips, `after` what follows.
"""
