"""What the queue needs of a printer, however it is reached."""

from typing import Protocol

from pos_app.domain.errors import PrinterDown


class JobInDoubt(PrinterDown):
    """The printer took some or all of the job, and it is not known what of it is on paper."""


class PrinterPort(Protocol):
    """A way to one printer. Calls block for seconds at most; the queue's thread makes them."""

    def deliver(self, job: bytes) -> None:
        """Print a job.

        Raises:
            JobInDoubt: something of it may be on paper.
            PrinterDown: nothing of it is.

        """
        ...

    def check(self) -> None:
        """Raise ``PrinterDown`` when it would not print now."""
        ...
