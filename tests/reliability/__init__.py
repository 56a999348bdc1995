"""Whether anything is lost: figures, each with what it must be. `make reliability`."""
