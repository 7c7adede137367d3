"""The offline tour: one retold day of September 2023, through the real pipeline."""
