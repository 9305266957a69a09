"""The demonstration: TOML texts, real and hand-entered PubMed records, and the loader that walks them through the verbs.

Never loaded outside the embedded mode. The people are invented and say so; the studies are real.
"""
