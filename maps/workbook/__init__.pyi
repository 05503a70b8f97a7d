from .book import (
    write_workbook as write_workbook,
)
