"""The drawings keep their promises: true places, escaped words, well-formed pictures."""
