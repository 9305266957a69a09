"""Lets a person's page find the editions that name them without asking the working copies."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("articles", "0001_articles_editions_and_people")]

    operations = [
        migrations.AddField(
            model_name="edition",
            name="people",
            field=models.ManyToManyField(related_name="editions", to="articles.person", verbose_name="people"),
        ),
    ]
