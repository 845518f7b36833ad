"""Enrolment: a one-time code makes this machine a register of a store."""
