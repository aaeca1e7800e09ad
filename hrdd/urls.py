"""The whole site on one page."""

from django.urls import URLPattern, URLResolver, include, path

from hrdd import api, dashboards, demo, people, sign_offs
from hrdd.accounts.urls import sign_in_patterns
from hrdd.accounts.views.sign_in import SignIn
from hrdd.oversight.views import board as pack
from hrdd.oversight.views import public as oversight_pages
from hrdd.tongues import in_every_language
from remedies.views.vault import SignOut
from transparency.urls import pages

handler400 = "hrdd.problems.not_understood"
handler404 = "hrdd.problems.not_found"
handler500 = "hrdd.faults.failed"
urlpatterns: list[URLPattern | URLResolver] = [
    in_every_language(
        [*pages, path("oversight/", oversight_pages.oversight_public, name="public-oversight")]
    ),
    path("", include("transparency.urls")),
    path("", include("remedies.urls")),
    path("", include("hrdd.watch.urls")),
    path("oversight.json", oversight_pages.oversight_public_data, name="public-oversight-data"),
    path(
        "sign-in/",
        SignIn.as_view(
            refused_passwords=(demo.PASSWORD,), extra_context={"demo_people": demo.shown_people()}
        ),
        name="login",
    ),
    path("sign-in/", include(sign_in_patterns)),
    path("sign-out/", SignOut.as_view(), name="logout"),
    path("desk/", dashboards.desk, name="desk"),
    path("desk/signoffs/", sign_offs.sign_off_list, name="sign-off-list"),
    path("desk/signoffs/<int:pk>/", sign_offs.decide_sign_off, name="sign-off-decide"),
    path("desk/people/<int:pk>/", people.person_detail, name="person"),
    path("desk/people/<int:pk>/leave/", people.person_leave, name="person-leave"),
    path("desk/", include("hrdd.accounts.urls")),
    path("desk/", include("hrdd.governance.urls")),
    path("desk/", include("hrdd.notifications.urls")),
    path("desk/", include("hrdd.oversight.urls")),
    path("desk/", include("hrdd.workbench.urls")),
    path("desk/", include("risks.urls")),
    path("board/", dashboards.board, name="board"),
    path("board/freeze/", pack.freeze_figures, name="freeze-figures"),
    path("board.pdf", pack.board_pack, name="board-pack"),
    path("api/", include(api.urlpatterns)),
]
