"""What both ends agree on: wire documents, compression, signatures, the replica's schema."""
