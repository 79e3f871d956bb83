"""The fixed order in which a text is made ready for segmentation: clean, redact, simplify."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import pyarrow as pa

from csatext.privacy.redact import redact, redact_column
from csatext.text.cleaning import Steps, clean, clean_column
from csatext.text.conversion import to_simplified, to_simplified_column

__all__ = ["Preparation"]


@dataclass(frozen=True)
class Preparation:
    """How a text is prepared.

    Parameters
    ----------
    steps : "default" or sequence of steps
        Cleaning steps, in order.
    redact : bool, default True
        Whether personal data is masked. It comes second, so that nothing after it sees any.
    pseudonymize : str, bytes or None
        Key with which equal personal values get equal tokens; never shown.
    simplify : bool, default True
        Whether Traditional characters become Simplified ones.
    """

    steps: Steps = "default"
    redact: bool = True
    pseudonymize: str | bytes | None = field(default=None, repr=False)
    simplify: bool = True

    def column(self, texts: pa.Array | pa.ChunkedArray) -> pa.Array | pa.ChunkedArray:
        """Return a column of texts prepared; nulls become empty."""
        prepared = clean_column(texts, steps=self.steps)
        if self.redact:
            prepared = redact_column(prepared, pseudonymize=self.pseudonymize)
        return to_simplified_column(prepared) if self.simplify else prepared

    def one(self, text: str) -> tuple[str, np.ndarray]:
        """Return one text prepared, and the origin of each character.

        Returns
        -------
        text : str
            Equal to what :meth:`column` makes of it.
        offsets : ndarray of int64, shape (len(text) + 1,)
            Position in the text as it was read of each character, and its length at the end.
        """
        prepared, offsets = clean(text, steps=self.steps, return_offsets=True)
        if self.redact:
            prepared, inner = redact(prepared, pseudonymize=self.pseudonymize, return_offsets=True)
            offsets = offsets[inner]
        if self.simplify:
            prepared, inner = to_simplified(prepared, return_offsets=True)
            offsets = offsets[inner]
        return prepared, offsets
