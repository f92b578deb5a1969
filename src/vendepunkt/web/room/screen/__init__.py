"""The projector: large, calm, readable from the back of the room."""
