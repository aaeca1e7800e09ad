"""Pages of the desk about risks, measures and partners."""

from django.urls import path

from risks.views import (
    exits,
    measures,
    partners,
    reassessments,
    register,
    register_bulk,
    salience,
    saved_views,
)

urlpatterns = [
    path("risks/", register.risk_list, name="risk-list"),
    path("risks/map/", register.risk_map, name="risk-map"),
    path("risks/export.<slug:format>", register.risk_export, name="risk-export"),
    path("risks/assign/", register_bulk.assign_risks, name="risk-assign"),
    path("risks/assignments/<int:pk>/", register_bulk.assignment_detail, name="assignment-detail"),
    path("risks/assignments/<int:pk>/undo/", register_bulk.undo_assignment, name="assignment-undo"),
    path("risks/review/", register_bulk.review_risks, name="risk-bulk-review"),
    path("risks/views/new/", saved_views.save_view, name="save-view"),
    path("risks/views/<int:pk>/", saved_views.saved_view, name="saved-view"),
    path("risks/views/<int:pk>/change/", saved_views.change_view, name="change-view"),
    path("risks/views/<int:pk>/delete/", saved_views.delete_view, name="delete-view"),
    path("risks/<int:pk>/", salience.risk_detail, name="risk-detail"),
    path("risks/<int:pk>/assess/", salience.assess_severity, name="assess-severity"),
    path("measures/", measures.measure_list, name="measure-list"),
    path("measures/<int:pk>/", measures.measure_detail, name="measure-detail"),
    path("measures/<int:pk>/signals/", measures.note_signal, name="note-signal"),
    path("tasks/<int:pk>/", reassessments.review_task, name="review-task"),
    path("cycles/<int:pk>/", reassessments.cycle_detail, name="cycle-detail"),
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
