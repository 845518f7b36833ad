"""Controls that several rooms share."""
