"""A whole chain in one process and in simulated time: real registers, a real headquarters, every mishap, one seed."""
