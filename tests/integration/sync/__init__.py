"""sync: the store's end over real sockets and real processes, and against the real headquarters and store."""
