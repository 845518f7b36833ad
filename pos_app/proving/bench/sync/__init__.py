"""The sync engine and headquarters, measured together: real processes, real files, loopback HTTP."""
