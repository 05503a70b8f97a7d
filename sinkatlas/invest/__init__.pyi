from .run import (
    run_blue_carbon as run_blue_carbon,
    run_carbon as run_carbon,
)
