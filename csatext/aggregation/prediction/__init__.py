"""What a period is expected to be: baseline, projection, surveillance."""
