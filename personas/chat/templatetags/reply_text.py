"""{{ reply.text|reply_html }}: a finished reply, drawn."""

from django import template

from personas.chat.markdown import reply_html

register = template.Library()
register.filter("reply_html", reply_html)
