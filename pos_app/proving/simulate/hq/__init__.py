"""The real headquarters on a loop that is stepped by hand and a disk that may fail it."""
