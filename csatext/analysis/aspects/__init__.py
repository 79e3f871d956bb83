"""What customers praise and blame: aspects of a taxonomy with the opinions about them."""
