"""The whole site on one page."""

from django.contrib.auth.views import LoginView, LogoutView
from django.urls import URLPattern, path

from hrdd import dashboards

urlpatterns: list[URLPattern] = [
    path("", dashboards.home, name="home"),
    path("livez", dashboards.livez, name="livez"),
    path("sign-in/", LoginView.as_view(), name="login"),
    path("sign-out/", LogoutView.as_view(), name="logout"),
    path("desk/", dashboards.desk, name="desk"),
    path("desk/tasks/<int:pk>/", dashboards.review_task, name="review-task"),
    path("board/", dashboards.board, name="board"),
]
