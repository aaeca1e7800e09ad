"""Pages of the desk about risks, measures and partners."""

from django.urls import path

from risks.views import changes, exits, measures, model_reviews, partners, reassessments, salience

urlpatterns = [
    path("risks/", salience.risk_list, name="risk-list"),
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
    path("model-reviews/", model_reviews.model_review_list, name="model-review-list"),
    path("model-reviews/open/", model_reviews.open_model_review, name="model-review-open"),
    path("model-reviews/<int:pk>/", model_reviews.model_review_detail, name="model-review-detail"),
    path("model-reviews/<int:pk>/scope/", model_reviews.scope_model_review, name="model-review-scope"),
    path("model-reviews/<int:pk>/evidence/", model_reviews.record_evidence, name="model-review-evidence"),
    path(
        "model-reviews/<int:pk>/consultation/", model_reviews.record_consultation, name="model-review-consult"
    ),
    path(
        "model-reviews/<int:pk>/conclusion/",
        model_reviews.conclude_model_review,
        name="model-review-conclude",
    ),
    path("model-reviews/<int:pk>/readings/", model_reviews.record_reading, name="model-review-reading"),
    path("model-reviews/<int:pk>/outcome/", model_reviews.close_model_review, name="model-review-close"),
    path("changes/", changes.change_list, name="change-list"),
    path("changes/new/", changes.propose_change, name="change-propose"),
    path("changes/<int:pk>/", changes.change_detail, name="change-detail"),
    path("changes/<int:pk>/edit/", changes.edit_change, name="change-edit"),
    path("changes/<int:pk>/approval/", changes.approve_change, name="change-approve"),
    path("changes/<int:pk>/refusal/", changes.refuse_change, name="change-refuse"),
    path("changes/<int:pk>/withdrawal/", changes.withdraw_change, name="change-withdraw"),
    path("changes/<int:pk>/exception/", changes.ask_exception, name="change-exception"),
]
