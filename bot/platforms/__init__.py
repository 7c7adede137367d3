"""Where people are: translators between a platform and our commands and messages."""
