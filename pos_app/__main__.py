"""`python -m pos_app` and the `granary` command."""

import sys


def main() -> int:
    """Run the command line and give its exit status."""
    from pos_app.cli import run

    return run(sys.argv[1:])


if __name__ == "__main__":
    sys.exit(main())
