"""Breaking the glass: the operator of the server reads in one practice, and the owners see it."""
