"""What simulated machines are made of: time, strands instead of threads, crash points, disks, chance."""
