"""The product's settings with the one plain view of `plain_urls` instead of its pages."""

from cms.settings import *  # noqa: F403

ROOT_URLCONF = "tests.benchmarks.plain_urls"
