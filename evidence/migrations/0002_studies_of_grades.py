"""Lets a study's page find the grades that show it without asking the working rows."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('evidence', '0001_studies_claims_and_grades'),
    ]

    operations = [
        migrations.AddField(
            model_name='gradesnapshot',
            name='studies',
            field=models.ManyToManyField(help_text='Those named by the exhibits.', related_name='grades', to='evidence.study', verbose_name='works shown'),
        ),
    ]
