"""Grading as work: appraisals by tool, checks of codings, blind readings, overrides by two people."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('evidence', '0003_citations_as_given_and_their_checks'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField(
            model_name='finding',
            name='appraisal',
            field=models.JSONField(blank=True, default=dict, help_text="The tool's answers, by question; the quality follows from them (evidence/appraisal.py).", verbose_name='appraisal'),
        ),
        migrations.AddField(
            model_name='historicalfinding',
            name='appraisal',
            field=models.JSONField(blank=True, default=dict, help_text="The tool's answers, by question; the quality follows from them (evidence/appraisal.py).", verbose_name='appraisal'),
        ),
        migrations.AddField(
            model_name='historicalposition',
            name='quote_context',
            field=models.TextField(blank=True, help_text='What stands before and after it, or what it answers.', verbose_name='around the quote'),
        ),
        migrations.AddField(
            model_name='position',
            name='quote_context',
            field=models.TextField(blank=True, help_text='What stands before and after it, or what it answers.', verbose_name='around the quote'),
        ),
        migrations.AlterField(
            model_name='claimevent',
            name='kind',
            field=models.CharField(choices=[('created', 'Claim created'), ('coded', 'Evidence coded'), ('worded', 'Text written'), ('proposed', 'Grade proposed'), ('approved', 'Grade approved'), ('returned', 'Grade returned'), ('text_approved', 'Text approved'), ('released', 'Grade released'), ('checked', 'Coding checked'), ('rechecked', 'Read blind'), ('override_asked', 'Override asked for'), ('overridden', 'Grade overridden'), ('override_ended', 'Override ended')], max_length=16, verbose_name='what'),
        ),
        migrations.AlterField(
            model_name='livenotice',
            name='kind',
            field=models.CharField(choices=[('retracted', 'Retracted'), ('under_reassessment', 'Under reassessment'), ('review_overdue', 'Review overdue'), ('regraded', 'Regraded'), ('overridden', 'Editors differ from the engine')], max_length=20, verbose_name='kind'),
        ),
        migrations.CreateModel(
            name='BlindReading',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('number', models.PositiveIntegerField(verbose_name='number')),
                ('verdict', models.CharField(choices=[('supports', 'Supports'), ('leans_support', 'Leans towards support'), ('mixed', 'Mixed'), ('leans_against', 'Leans against'), ('against', 'Against')], max_length=14, verbose_name='verdict')),
                ('remark', models.TextField(blank=True, verbose_name='remark')),
                ('at', models.DateTimeField(help_text="When the reader attested to not having seen the claim's coding, and read.", verbose_name='at')),
                ('by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='blind_readings', to=settings.AUTH_USER_MODEL, verbose_name='by')),
                ('claim', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='blind_readings', to='evidence.claim', verbose_name='claim')),
            ],
            options={
                'verbose_name': 'blind reading',
                'verbose_name_plural': 'blind readings',
                'ordering': ['claim_id', 'number'],
            },
        ),
        migrations.CreateModel(
            name='BlindCoding',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('number', models.PositiveSmallIntegerField(default=1, verbose_name='number')),
                ('direction', models.CharField(choices=[('benefit', 'Benefit'), ('mixed', 'Mixed'), ('nsd', 'No significant difference'), ('no_effect', 'No effect'), ('harm', 'Harm')], max_length=12, verbose_name='direction')),
                ('quality', models.CharField(choices=[('high', 'High'), ('moderate', 'Moderate'), ('unrated', 'Unrated'), ('low', 'Low'), ('critically_low', 'Critically low')], max_length=16, verbose_name='quality')),
                ('precision', models.CharField(choices=[('adequate', 'Adequate'), ('serious', 'Seriously imprecise'), ('very_serious', 'Very seriously imprecise')], max_length=16, verbose_name='precision')),
                ('directness', models.CharField(choices=[('direct', 'Direct'), ('partial', 'Partly direct'), ('indirect', 'Indirect')], max_length=10, verbose_name='directness')),
                ('study', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='evidence.study', verbose_name='study')),
                ('reading', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='codings', to='evidence.blindreading', verbose_name='blind reading')),
            ],
            options={
                'verbose_name': 'blind coding',
                'verbose_name_plural': 'blind codings',
                'ordering': ['reading_id', 'study__citekey', 'number'],
            },
        ),
        migrations.CreateModel(
            name='CodingCheck',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('sha256', models.CharField(max_length=64, verbose_name='SHA-256 of the coding')),
                ('at', models.DateTimeField(verbose_name='at')),
                ('by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='codings_checked', to=settings.AUTH_USER_MODEL, verbose_name='by')),
                ('finding', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='checks', to='evidence.finding', verbose_name='finding')),
            ],
            options={
                'verbose_name': 'check of a coding',
                'verbose_name_plural': 'checks of codings',
                'ordering': ['-id'],
            },
        ),
        migrations.CreateModel(
            name='GradeOverride',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('reader_grade', models.CharField(blank=True, choices=[('strong', 'Strong'), ('moderate', 'Moderate'), ('emerging', 'Emerging'), ('weak', 'Weak'), ('unsupported', 'Unsupported'), ('against', 'Against')], help_text="Empty: the engine's.", max_length=12, verbose_name='grade')),
                ('status', models.CharField(blank=True, choices=[('established', 'Established'), ('supported', 'Supported'), ('preliminary', 'Preliminary'), ('unproven', 'Unproven'), ('not_supported', 'Not supported'), ('harmful', 'Harmful'), ('disputed', 'Disputed'), ('insufficient', 'Insufficient evidence')], help_text="Empty: the engine's.", max_length=16, verbose_name='status')),
                ('reason_code', models.CharField(choices=[('outside', 'Evidence that the dossier cannot carry'), ('rule', 'A rule of the engine misleads here'), ('safety', 'A safety concern not yet coded'), ('pending', 'A correction or a retraction is expected')], max_length=8, verbose_name='kind of reason')),
                ('reason_en', models.TextField(verbose_name='reason (English)')),
                ('reason_zh_hant', models.TextField(blank=True, verbose_name='reason (Chinese)')),
                ('state', models.CharField(choices=[('asked', 'Waits for a second person'), ('standing', 'Stands'), ('declined', 'Declined'), ('expired', 'Expired'), ('void', 'Void: the evidence changed')], default='asked', max_length=8, verbose_name='state')),
                ('asked_at', models.DateTimeField(verbose_name='asked')),
                ('stands_from', models.DateTimeField(blank=True, null=True, verbose_name='stands from')),
                ('expires_on', models.DateField(help_text="On this day the engine's verdict stands alone again.", verbose_name='expires on')),
                ('ended_at', models.DateTimeField(blank=True, null=True, verbose_name='ended')),
                ('asked_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='overrides_asked', to=settings.AUTH_USER_MODEL, verbose_name='asked by')),
                ('claim', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='overrides', to='evidence.claim', verbose_name='claim')),
                ('ended_by', models.ForeignKey(blank=True, help_text='Empty: the clock.', null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='ended by')),
                ('seconded_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='overrides_seconded', to=settings.AUTH_USER_MODEL, verbose_name='seconded by')),
                ('snapshot', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='overrides', to='evidence.gradesnapshot', verbose_name='grade')),
            ],
            options={
                'verbose_name': 'override of a grade',
                'verbose_name_plural': 'overrides of grades',
                'ordering': ['-id'],
            },
        ),
        migrations.AddField(
            model_name='livenotice',
            name='override',
            field=models.ForeignKey(blank=True, help_text='What the editors hold, where the notice is of that kind.', null=True, on_delete=django.db.models.deletion.PROTECT, related_name='notices', to='evidence.gradeoverride', verbose_name='override'),
        ),
        migrations.AddConstraint(
            model_name='livenotice',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('kind', 'overridden'), ('override__isnull', False)), models.Q(models.Q(('kind', 'overridden'), _negated=True), ('override__isnull', True)), _connector='OR'), name='live_notice_names_its_override'),
        ),
        migrations.AddConstraint(
            model_name='blindreading',
            constraint=models.UniqueConstraint(fields=('claim', 'number'), name='blind_reading_number_once'),
        ),
        migrations.AddConstraint(
            model_name='blindreading',
            constraint=models.UniqueConstraint(fields=('claim', 'by'), name='blind_reading_once_a_reader'),
        ),
        migrations.AddConstraint(
            model_name='blindcoding',
            constraint=models.UniqueConstraint(fields=('reading', 'study', 'number'), name='blind_coding_once'),
        ),
        migrations.AddConstraint(
            model_name='codingcheck',
            constraint=models.UniqueConstraint(fields=('finding', 'sha256'), name='coding_checked_once'),
        ),
        migrations.AddIndex(
            model_name='gradeoverride',
            index=models.Index(fields=['state', 'expires_on'], name='override_state_idx'),
        ),
        migrations.AddConstraint(
            model_name='gradeoverride',
            constraint=models.UniqueConstraint(condition=models.Q(('state__in', ['asked', 'standing'])), fields=('claim',), name='override_one_open'),
        ),
        migrations.AddConstraint(
            model_name='gradeoverride',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('reader_grade', ''), _negated=True), models.Q(('status', ''), _negated=True), _connector='OR'), name='override_says_something_else'),
        ),
        migrations.AddConstraint(
            model_name='gradeoverride',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('state', 'standing'), _negated=True), models.Q(('seconded_by__isnull', False), ('stands_from__isnull', False)), _connector='OR'), name='override_stands_by_two'),
        ),
        migrations.AddConstraint(
            model_name='gradeoverride',
            constraint=models.CheckConstraint(condition=models.Q(('seconded_by__isnull', True), models.Q(('seconded_by', models.F('asked_by')), _negated=True), _connector='OR'), name='override_seconded_by_another'),
        ),
    ]
