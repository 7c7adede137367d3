"""What is remembered: one file per noun, plain functions over one connection."""
