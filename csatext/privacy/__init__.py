"""Personal data: found, masked, and kept out of every output."""
