"""Run the ``gridkit`` command from a checkout: ``python cli.py ...``."""

from gridkit.cli import main

if __name__ == "__main__":
    main()
