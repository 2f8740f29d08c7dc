"""The desk's rooms: where each page lies and what leads to it."""

from __future__ import annotations

from django.urls import path
from wagtail.admin.viewsets.base import ViewSet

from cms.views import (
    attachments,
    case_actions,
    desk,
    history,
    people,
    register,
    search,
    signin,
    statistics,
)


class CaseViewSet(ViewSet):
    """A case is acted on, never added, edited or deleted as a row: a plain ViewSet, no ModelViewSet."""

    name = "case"
    url_prefix = "cases"
    icon = "tasks"

    lists = {
        "queue": ("", desk.QueueView),
        "unrouted": ("unrouted/", desk.UnroutedView),
    }
    deeds = {
        "confirm": case_actions.ConfirmView,
        "undo": case_actions.UndoView,
        "correct": case_actions.CorrectView,
        "reroute": case_actions.RerouteView,
        "transfer": case_actions.TransferView,
        "accept": case_actions.AcceptView,
        "ask": case_actions.AskView,
        "answer": case_actions.AnswerView,
        "forward": case_actions.ForwardView,
        "close": case_actions.CloseView,
        "reopen": case_actions.ReopenView,
        "link": case_actions.LinkView,
        "recuse": case_actions.RecuseView,
        "original": case_actions.OriginalView,
        "identity": case_actions.IdentityView,
        "open_unread": case_actions.OpenUnreadView,
        "open_sealed": case_actions.OpenSealedView,
    }

    def get_urlpatterns(self) -> list:
        listed = [
            each
            for name, (route, view) in self.lists.items()
            for each in (
                path(route, self.construct_view(view), name=name),
                path(
                    f"{route}results/", self.construct_view(view, results_only=True), name=f"{name}_results"
                ),
            )
        ]
        return [
            *listed,
            path("waiting/", self.construct_view(desk.WaitingView), name="waiting"),
            path("sealed/", self.construct_view(desk.SealedView), name="sealed"),
            path("<str:number>/", self.construct_view(desk.CaseView), name="inspect"),
            path("<str:number>/looks/", self.construct_view(history.LooksView), name="looks"),
            path(
                "<str:number>/files/<str:token>/",
                self.construct_view(attachments.AttachmentView),
                name="attachment",
            ),
            path(
                "<str:number>/corrections/<int:correction>/undo/",
                self.construct_view(case_actions.UndoCorrectionView),
                name="undo_correction",
            ),
            *(
                path(f"<str:number>/{name}/", self.construct_view(view), name=name)
                for name, view in self.deeds.items()
            ),
        ]


class SignInViewSet(ViewSet):
    """What stands between the name and the desk."""

    name = "signin"
    url_prefix = "sign-in"

    def get_urlpatterns(self) -> list:
        return [
            path("password/", signin.PasswordView.as_view(), name="password"),
            path("factor/", signin.FactorView.as_view(), name="factor"),
            path("device/", signin.EnrolView.as_view(), name="enrol"),
        ]


class SearchViewSet(ViewSet):
    name = "search"
    icon = "search"

    def get_urlpatterns(self) -> list:
        return [
            path("", self.construct_view(search.SearchView), name="index"),
            path("export/", self.construct_view(search.ExportView), name="export"),
        ]


class RegisterViewSet(ViewSet):
    name = "register"
    icon = "plus"

    def get_urlpatterns(self) -> list:
        return [path("", self.construct_view(register.RegisterView), name="index")]


class FiguresViewSet(ViewSet):
    name = "figures"
    icon = "table"

    def get_urlpatterns(self) -> list:
        return [path("", self.construct_view(statistics.FiguresView), name="index")]


class PeopleViewSet(ViewSet):
    name = "people"
    icon = "group"

    def get_urlpatterns(self) -> list:
        return [
            path("", self.construct_view(people.PeopleView), name="index"),
            path("add/", self.construct_view(people.AddOfficerView), name="add"),
            path("<int:pk>/appoint/", self.construct_view(people.AppointView), name="appoint"),
            path("<int:pk>/facts/", self.construct_view(people.OfficerFactsView), name="facts"),
            path("<int:pk>/reset/", self.construct_view(people.AskResetView), name="reset"),
            path(
                "appointments/<int:pk>/approve/",
                self.construct_view(people.ApproveAppointmentView),
                name="approve",
            ),
            path("appointments/<int:pk>/end/", self.construct_view(people.EndAppointmentView), name="end"),
            path(
                "resets/<int:pk>/approve/",
                self.construct_view(people.ApproveResetView),
                name="approve_reset",
            ),
            path(
                "resets/<int:pk>/withdraw/",
                self.construct_view(people.WithdrawResetView),
                name="withdraw_reset",
            ),
        ]
