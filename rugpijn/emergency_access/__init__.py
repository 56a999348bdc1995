"""Emergency access: the operator of the server reads the records of one practice."""
