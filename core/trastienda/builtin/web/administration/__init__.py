"""Pages for administrators, and those on which a person looks after his own sign-in."""
