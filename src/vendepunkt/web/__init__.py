"""The web application: the rooms where people meet, and later code and write findings.

A room holds work in progress in a database; freezing writes a version into the study folder, and
the folder alone re-creates every result. Django is known in this package only.
"""
