"""One module per layer kind; each declares ``KIND``. Adding a file here adds a kind."""
