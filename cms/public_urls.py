"""Addresses of the public forms; all other public pages are Wagtail's."""

from django.urls import path

from cms.views.follow import follow
from cms.views.public import language
from cms.views.report import report

app_name = "public"
urlpatterns = [
    path("report/", report, name="report"),
    path("follow/", follow, name="follow"),
    path("language/<str:code>/", language, name="language"),
]
