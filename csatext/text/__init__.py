"""Text becomes a Corpus: cleaning, redaction, conversion, tokenization, counting; phrases over a Corpus."""
