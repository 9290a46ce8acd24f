"""Dangerous goods: which products are, and of what kind. All of it is an extension of somebody else's product."""

from trastienda import Computed, Extension, Plugin

from .goods import DangerousGoods, goods_faults, is_dangerous

plugin = Plugin(
    "hazmat",
    label="Dangerous goods",
    description="UN numbers and classes of dangerous products",
    extensions=[
        Extension(
            "inventory.product", DangerousGoods, label="Dangerous goods", rules=[goods_faults],
            computed=[Computed("dangerous", is_dangerous, like=DangerousGoods.limited_quantity)],
        )
    ],
)  # fmt: skip
