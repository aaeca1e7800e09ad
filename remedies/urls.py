from django.urls import path

from remedies.views import cases, follow_up, intake

urlpatterns = [
    path("desk/cases/", cases.case_list, name="case-list"),
    path("raise/", intake.raise_concern, name="raise"),
    path("raise/<str:language>/", intake.raise_concern, name="raise-in"),
    path("follow/", follow_up.follow_case, name="follow"),
    path("follow/<str:language>/", follow_up.follow_case, name="follow-in"),
]
