from django.apps import AppConfig


class CmsConfig(AppConfig):
    name = "cms"
    label = "cms"

    def ready(self) -> None:
        from wagtail.signals import page_published, page_unpublished

        from cms import chrome

        page_published.connect(chrome.forget)
        page_unpublished.connect(chrome.forget)
