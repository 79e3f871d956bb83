"""The main job as a step: configuration, engine, manifest."""
