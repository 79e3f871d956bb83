"""Tables that the main job writes beside the others."""
