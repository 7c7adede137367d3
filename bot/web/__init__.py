"""What machines read: health."""
