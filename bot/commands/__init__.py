"""What people may say: each command is written once, for every platform."""
