"""What to tell the person who made a mistake: one function for each kind of mistake."""
