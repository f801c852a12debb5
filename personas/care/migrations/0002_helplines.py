from django.db import migrations

from moderation.numbers import LINES


def add_lines(apps, schema_editor):
    Helpline = apps.get_model("care", "Helpline")
    for key, line in LINES.items():
        Helpline.objects.get_or_create(
            key=key, defaults={"number": line.number, "name": line.name, "name_en": line.name_en}
        )


class Migration(migrations.Migration):
    """The numbers that a site begins with."""

    dependencies = [("care", "0001_initial")]

    operations = [migrations.RunPython(add_lines, migrations.RunPython.noop)]
