"""What facilitators and note-takers work with while the panel sits."""
