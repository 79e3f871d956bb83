"""Tables become plots, an HTML report and files that a person opens."""
