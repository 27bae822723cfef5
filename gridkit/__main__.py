"""``python -m gridkit`` is the ``gridkit`` command."""

from gridkit.cli import main

if __name__ == "__main__":
    main()
