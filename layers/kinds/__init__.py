"""One module per layer kind: its reader and its declaration ``KIND``. A new file is a new kind."""
