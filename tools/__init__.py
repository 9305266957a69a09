"""What developers run: catalogues, heavy checks, benchmarks. Nothing the product needs."""
