"""How figures per unit are measured on layers that cut no account."""
