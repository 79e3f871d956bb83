"""What a run tells of itself: log records, metrics; and when it may be ended."""
