"""What a programmer in a hurry would write instead: no permissions, no rules, no plugins."""
