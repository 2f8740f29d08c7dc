from django.urls import include, path
from wagtail import urls as wagtail_urls
from wagtail.admin import urls as wagtailadmin_urls

from cms.views.health import healthz

urlpatterns = [
    path("healthz", healthz),
    path("desk/", include(wagtailadmin_urls)),
    path("", include("cms.public_urls")),
    path("", include(wagtail_urls)),
]
