from django.db import models


class Right(models.Model):
    """An internationally recognised right (rights.csv): reference data, never edited here."""

    code = models.CharField(max_length=40, primary_key=True)
    position = models.PositiveSmallIntegerField()
    title = models.CharField(max_length=200)
    udhr = models.CharField(max_length=60, blank=True)
    iccpr = models.CharField(max_length=60, blank=True)
    icescr = models.CharField(max_length=60, blank=True)
    other_instruments = models.TextField(blank=True)
    character = models.CharField(max_length=20)
    non_derogable_iccpr_4_2 = models.BooleanField()
    may_be_limited_by_measure = models.BooleanField()
    limitation_grounds = models.TextField(blank=True)
    tech_example = models.TextField(blank=True)
    notes = models.TextField(blank=True)

    class Meta:
        ordering = ["position"]

    def __str__(self) -> str:
        return self.title
