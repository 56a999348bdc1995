"""The base of our middleware."""


class Middleware:
    """Passes each request on. What a class does beside that stands in its own methods."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        return self.get_response(request)
