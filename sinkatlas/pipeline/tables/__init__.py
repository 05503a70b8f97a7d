"""The tables of a run, one module each: ``TABLE`` declares it, ``make`` fills it."""
