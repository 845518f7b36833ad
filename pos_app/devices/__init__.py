"""The hardware of a counter, each device beside its simulator."""
