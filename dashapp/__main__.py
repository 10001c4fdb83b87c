"""``python -m dashapp``."""

from dashapp.cli import main

if __name__ == "__main__":
    main()
