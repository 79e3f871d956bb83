"""What a run would do: the head of its input read, and time and memory estimated; nothing is written."""
