"""How much one input may hold: what no export of a contact centre has, and what would take all memory.

An honest file of this size is read, if the machine has the memory for its table (about five times the
size of the file); a file made to do harm is refused before it has taken more than 3 GB.
"""

from __future__ import annotations

__all__ = [
    "DEEPEST_JSON",
    "LARGEST_FILE",
    "LARGEST_SWELLING",
    "LONGEST_CELL",
    "LONGEST_NAME",
    "MOST_CELLS",
    "MOST_COLUMNS",
    "MOST_GZIP_MEMBERS",
    "MOST_JSON_VALUES",
    "MOST_RECORDS",
]

LARGEST_FILE = 2 << 30
"""Bytes of a file, packed or unpacked, and of the cells of a table: ten million contacts of 200 bytes. Arrow
and the readers of workbooks count a column of strings in 31 bits."""
LARGEST_SWELLING = 100
"""Times that what is unpacked may be larger than its file, where it has more than :data:`LARGEST_FILE` and is
read in sections: tables of texts are packed five times, logs that repeat themselves fifty times."""
MOST_GZIP_MEMBERS = 100_000
"""Files written one after another into one gzip file; bgzip begins a new one each 64 KB (2 GB: 32,768)."""
LONGEST_CELL = 5_000_000
"""Characters of one cell. The longest novels have about that; a cell of Excel has 32,767 at most, and a
long transcript 100,000. A row with more goes to the rejects."""
LONGEST_NAME = 1_000
"""Characters of the name of a column: a whole question of a survey has 300."""
MOST_CELLS = 200_000_000
"""Cells of a table: five million rows of 40 columns; eight bytes for each are 1.6 GB."""
MOST_RECORDS = 5_000_000
"""Records of a table with broken quotes or rows of unlike width, which is read record by record (400 bytes
each); what is larger than 32 MB is read in sections."""
MOST_JSON_VALUES = 40_000_000
"""Commas and opening brackets of a JSON file; the smallest values (``{}``) take 72 bytes each."""
MOST_COLUMNS = 1_000
"""Columns that are read of a table, at some milliseconds each. Systems that number their keys (``item_1``,
``item_2``) or use identifiers as keys of JSON make more; they are not dimensions of anything."""
DEEPEST_JSON = 100
"""Levels of lists and objects in one another; dialogues and messages have ten at most."""
