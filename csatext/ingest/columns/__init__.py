"""What a column is: its canonical name, its type, its values."""
