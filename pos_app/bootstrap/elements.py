"""GS1 element strings, read by what is loaded with the first of them; fits `pos_app.services.ports.ElementReader`."""

from pos_app.domain.element_strings import Elements


class LateElements:
    """The list of all companies' prefixes is a sixth of a register's memory: a start has no need of it."""

    def read(self, text: str) -> Elements:
        """Take one apart; raise ``Refusal`` as `pos_app.devices.gs1_elements.read_elements` does."""
        from pos_app.devices.gs1_elements import read_elements

        return read_elements(text)
