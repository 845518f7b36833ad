"""A receipt printer that is not there: it speaks ESC/POS on a socket and shows what it was sent."""
