from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("products", "0002_product_price")]
    operations = [migrations.AddField("product", "sku", models.CharField(max_length=20, default=""))]
