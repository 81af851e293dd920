from django.db import models


class Product(models.Model):
    name = models.CharField(max_length=80)
    price_cents = models.IntegerField(default=0)
    sku = models.CharField(max_length=20, default="")
