"""Where partitions are annotated: here on the processes of one machine."""
