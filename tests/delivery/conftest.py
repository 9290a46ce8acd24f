from ..jobs.conftest import open_site, url

__all__ = ["open_site", "url"]
