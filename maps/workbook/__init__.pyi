from .book import write_audit as write_audit, write_workbook as write_workbook
