"""devices: the printer's queue, its ports and the simulated printer, over real sockets and files."""
