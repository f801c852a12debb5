import django.db.models.deletion
import django.utils.timezone
from django.db import migrations, models
from django.db.models import F


def take_the_last_tap_for_the_first(apps, schema_editor):
    """Of answers given before this field, only the last tap is known."""
    apps.get_model('quiz', 'Choice').objects.update(first_chosen_at=F('chosen_at'))


class Migration(migrations.Migration):

    dependencies = [
        ('quiz', '0001_initial'),
    ]

    operations = [
        migrations.AddField(
            model_name='choice',
            name='first_chosen_at',
            field=models.DateTimeField(auto_now_add=True, default=django.utils.timezone.now),
            preserve_default=False,
        ),
        migrations.RunPython(take_the_last_tap_for_the_first, migrations.RunPython.noop),
        migrations.AddField(
            model_name='result',
            name='is_counted',
            field=models.BooleanField(default=True, help_text='사람이 읽을 수 없는 속도로 끝난 응시는 통계에서 빠집니다.', verbose_name='통계에 포함'),
        ),
        migrations.CreateModel(
            name='ItemReport',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('figures', models.JSONField(verbose_name='수치')),
                ('made_at', models.DateTimeField(auto_now=True, verbose_name='센 때')),
                ('quiz', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, related_name='item_report', to='quiz.quiz', verbose_name='테스트')),
            ],
            options={
                'verbose_name': '문항 통계',
                'verbose_name_plural': '문항 통계',
                'ordering': ['quiz__position', 'quiz__slug'],
            },
        ),
    ]
