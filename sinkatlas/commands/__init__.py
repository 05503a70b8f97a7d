"""What the command line does, command by command; ``sinkatlas/cli.py`` puts them together."""

from lazy_loader import attach_stub

__getattr__, __dir__, __all__ = attach_stub(__name__, __file__)
