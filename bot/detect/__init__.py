"""What the news says: one item in, the reports it carries out. Pure; imports nothing of ours."""
