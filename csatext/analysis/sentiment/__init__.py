"""How customers feel: the score, the words it rests on."""
