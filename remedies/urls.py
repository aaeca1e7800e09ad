from django.urls import path

from remedies.views import assisted, case_steps, cases, files, follow_up, intake, vault

urlpatterns = [
    path("desk/cases/", cases.case_list, name="case-list"),
    path("desk/cases/vault/", vault.vault_page, name="vault"),
    path("desk/cases/new/", assisted.take_in, name="case-take-in"),
    path("desk/cases/<uuid:pk>/", cases.case_detail, name="case-detail"),
    path("desk/cases/<uuid:pk>/read/", cases.read_case, name="case-read"),
    path("desk/cases/<uuid:pk>/files/<uuid:file>/", files.open_file, name="case-file"),
    path("desk/cases/<uuid:pk>/assign/", case_steps.assign_case, name="case-assign"),
    path("desk/cases/<uuid:pk>/bar/", case_steps.bar_from_case, name="case-bar"),
    path("desk/cases/<uuid:pk>/<slug:step>/", case_steps.case_step, name="case-step"),
    path("raise/", intake.raise_concern, name="raise"),
    path("raise/<str:language>/", intake.raise_concern, name="raise-in"),
    path("follow/", follow_up.follow_case, name="follow"),
    path("follow/<str:language>/", follow_up.follow_case, name="follow-in"),
]
