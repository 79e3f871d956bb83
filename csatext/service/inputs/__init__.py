"""What the measures share: columns as numbers and times, and who comes back."""
