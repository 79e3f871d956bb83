"""Categories learnt from annotated contacts, with probabilities that are calibrated and abstention."""
