"""What participants see: coming in, ideas, themes, the vote, the receipt."""
