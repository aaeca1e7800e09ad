from django.urls import path

from remedies.views import (
    assisted,
    case_steps,
    cases,
    custody,
    files,
    follow_up,
    intake,
    patterns,
    retention,
    vault,
)

urlpatterns = [
    path("desk/cases/", cases.case_list, name="case-list"),
    path("desk/cases/vault/", vault.vault_page, name="vault"),
    path("desk/cases/new/", assisted.take_in, name="case-take-in"),
    path("desk/cases/custody/", custody.custody, name="custody"),
    path("desk/cases/custody/<uuid:pk>/", custody.custody_answer, name="custody-answer"),
    path("desk/cases/actions/<uuid:pk>/done/", custody.systemic_done, name="systemic-done"),
    path("desk/cases/<uuid:pk>/identity/", custody.read_identity, name="case-identity"),
    path("desk/cases/retention/", retention.retention, name="case-retention"),
    path("desk/cases/retention/<uuid:pk>/", retention.ask_hold, name="case-hold"),
    path("desk/cases/retention/holds/<uuid:pk>/<slug:step>/", retention.answer_hold, name="case-hold-answer"),
    path("desk/cases/patterns/", patterns.pattern_list, name="pattern-list"),
    path("desk/cases/patterns/<int:pk>/", patterns.pattern_conclude, name="pattern-conclude"),
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
