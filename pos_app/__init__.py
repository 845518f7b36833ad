"""The counter: what runs at a register. Only `pos_app.domain` is known outside of it."""
