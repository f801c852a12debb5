from django.db import migrations, models

from personas.curation.dangers import holds_danger, is_dangerous, is_dangerous_reply


def flag_pairs(apps, schema_editor):
    """Every pair that is there, decided or not. Its texts decide, as they do for one that comes in today."""
    Pair, Flag = apps.get_model("curation", "PreferencePair"), apps.get_model("curation", "PairFlag")
    for pair in Pair.objects.iterator():
        spoken = [message["content"] for message in pair.prompt]
        sides = {
            "prompt": holds_danger(pair.prompt) or any(map(is_dangerous, "\n".join(spoken).split("\n"))),
            "chosen": is_dangerous_reply(pair.chosen),
            "rejected": is_dangerous_reply(pair.rejected),
        }
        Flag.objects.bulk_create(Flag(pair=pair, kind="danger", side=side) for side, found in sides.items() if found)


def unflag_pairs(apps, schema_editor):
    apps.get_model("curation", "PairFlag").objects.filter(kind="danger").delete()


KINDS = [
    ("danger", "위험 신호"),
    ("personal", "개인정보"),
    ("toxic", "거친 말"),
    ("identity", "정체를 속임"),
    ("unfinished", "끝나지 않은 글"),
    ("language", "한국어가 아님"),
    ("length", "길이 차이가 큼"),
    ("duplicate", "거의 같은 쌍"),
    ("voting", "수상한 투표"),
]


class Migration(migrations.Migration):
    """Pairs in which somebody is in danger are found. Thumbs are by the night's task, which reads whole talks."""

    dependencies = [("curation", "0002_the_desk")]

    operations = [
        migrations.AlterField("pairflag", "kind", models.CharField("표시", choices=KINDS, max_length=10)),
        migrations.RunPython(flag_pairs, unflag_pairs),
    ]
