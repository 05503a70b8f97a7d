"""What was promised? Plans as data, and the verdict on every promise.

A plan is one TOML file; :func:`judge` sets it beside the results of a run and says of each target
whether it is met, will be, cannot be told or cannot be evaluated, and why.
"""
