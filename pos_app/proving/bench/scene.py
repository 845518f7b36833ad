"""What is played at the counter: who stands there and how large the baskets are.

Imports nothing: a process that is measured loads no more of the bench than it must.
"""

from typing import Final

CASHIER: Final = "1001"
SHORT: Final = 5
"""Lines of a short basket."""
LONG: Final = 200
"""Lines that a long basket has before the one that is measured."""
SALES: Final = 20
"""Sales that a register has made when it is weighed."""
