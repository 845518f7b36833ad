"""The receipt printer: what it is sent, how it is reached, the queue before it, and its simulator."""
