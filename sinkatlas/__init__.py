"""SinkAtlas: forest, wetland, mangrove and carbon-sink accounts, tested against a plan.

The public API of the front door. Names load on first use, so that importing the package is quick.

>>> sorted(__all__)[:3]
['CITIES', 'Run', 'Workspace']
"""

from lazy_loader import attach_stub

__version__ = "0.1.0"

__getattr__, __dir__, __all__ = attach_stub(__name__, __file__)
