"""Serves our styles, scripts and drawings, and nothing else."""

from pathlib import Path

from django.contrib.staticfiles.storage import ManifestStaticFilesStorage
from whitenoise.middleware import WhiteNoiseMiddleware
from whitenoise.storage import CompressedManifestStaticFilesStorage


class StaticFilesMiddleware(WhiteNoiseMiddleware):
    """Serves all of STATIC_ROOT but the list of names that `collectstatic` writes there."""

    def add_file_to_dictionary(self, url, path, stat_cache=None):
        if Path(path).name != ManifestStaticFilesStorage.manifest_name:
            super().add_file_to_dictionary(url, path, stat_cache)


class HashedFilesStorage(CompressedManifestStaticFilesStorage):
    """Each name tells the content, also where a script imports another."""

    support_js_module_import_aggregation = True
