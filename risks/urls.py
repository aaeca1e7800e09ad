"""Pages of the desk about partners."""

from django.urls import path

from risks.views import exits, partners

urlpatterns = [
    path("partners/", partners.partner_list, name="partner-list"),
    path("partners/new/", partners.record_relationship, name="record-relationship"),
    path("partners/<int:pk>/", partners.partner_detail, name="partner-detail"),
    path("partners/<int:pk>/tie/", partners.tie_risk, name="tie-risk"),
    path("partners/<int:pk>/exit/", exits.consider_exit, name="consider-exit"),
    path("partners/leverage/<int:pk>/", partners.log_leverage, name="log-leverage"),
    path("partners/effects/<int:pk>/", partners.measure_effect, name="measure-effect"),
    path("partners/extensions/<int:pk>/", partners.extend_time, name="extend-time"),
    path("exits/<int:pk>/", exits.exit_detail, name="exit-detail"),
    path("exits/<int:pk>/assessment/", exits.assess_exit, name="assess-exit"),
    path("exits/<int:pk>/proposal/", exits.propose_exit, name="propose-exit"),
    path("exits/<int:pk>/reviews/", exits.review_exit, name="review-exit"),
    path("exits/<int:pk>/steps/<slug:step>/", exits.take_exit_step, name="exit-step"),
]
