"""The one library that every component registers with: `{% load ui %}`."""

from django import template

register = template.Library()
