"""``python -m vendepunkt`` is the command line."""

from vendepunkt.cli import main

if __name__ == "__main__":
    main()
