"""Days that stand among the words of a record."""

from django import template

from risks.rules.said_dates import days_in_words

register = template.Library()
register.filter("days_in_words", days_in_words)
