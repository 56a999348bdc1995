"""The rules of who may see whom, each broken once: the access tests must notice every one."""
