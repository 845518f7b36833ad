"""hq: what headquarters decides without its database."""
