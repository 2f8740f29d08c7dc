from django.urls import include, path
from django.views.decorators.cache import never_cache
from wagtail import urls as wagtail_urls
from wagtail.admin import urls as wagtailadmin_urls
from wagtail.admin.auth import require_admin_access

from cms.views.health import healthz
from cms.views.signin import AccountView

account = never_cache(require_admin_access(AccountView.as_view()))

urlpatterns = [
    path("healthz", healthz),
    # Before Wagtail's page of the same name.
    path("desk/account/", account, name="wagtailadmin_account"),
    path("desk/", include(wagtailadmin_urls)),
    path("", include("cms.public_urls")),
    path("", include(wagtail_urls)),
]
