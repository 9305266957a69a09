"""Lets a study's page find the editions that cite it without asking the working copies."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('articles', '0002_people_of_editions'),
        ('evidence', '0002_studies_of_grades'),
    ]

    operations = [
        migrations.AddField(
            model_name='edition',
            name='studies',
            field=models.ManyToManyField(related_name='editions', to='evidence.study', verbose_name='works cited'),
        ),
    ]
