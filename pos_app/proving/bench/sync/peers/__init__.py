"""What others use to replicate, run in processes and environments of their own."""
