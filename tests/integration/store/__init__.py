"""store: real files, real processes that are killed, real disks that are full."""
