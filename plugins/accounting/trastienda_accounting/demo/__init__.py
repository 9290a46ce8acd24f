"""A Spanish wholesaler of stationery with two years of books, made by a seeded generator."""

from .company import make_demo

__all__ = ["make_demo"]
