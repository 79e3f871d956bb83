"""Complaint taxonomies: the tree of categories, its files, and the patterns and rules that identify them."""

from csatext.taxonomy.category import Category
from csatext.taxonomy.tree import Taxonomy

__all__ = ["Category", "Taxonomy"]
