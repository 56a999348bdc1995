"""How fast and how large things are: `make bench`. Figures, not tests: nothing here fails."""
