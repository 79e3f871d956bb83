"""Word lists: finding, reading, joining and writing them; their meaning belongs to the layers above."""

from csatext.lexicon.entries import Entry
from csatext.lexicon.lexicon import Lexicon
from csatext.lexicon.paths import lexicon_path

__all__ = ["Entry", "Lexicon", "lexicon_path"]
