from django.db import migrations, models

from vendepunkt.web.room.tables import without_row_ids


class Migration(migrations.Migration):
    dependencies = [("room", "0002_actions")]

    operations = [
        migrations.AddField(
            model_name="ideaclaim",
            name="said",
            field=models.CharField(default="", max_length=64),
            preserve_default=False,
        ),
        migrations.RunPython(without_row_ids, migrations.RunPython.noop),
    ]
