"""``report.xlsx``: the report as a workbook that a bureau opens, prints and copies from."""

from lazy_loader import attach_stub

__getattr__, __dir__, __all__ = attach_stub(__name__, __file__)
