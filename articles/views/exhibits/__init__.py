"""What the pages of a claim show, made from one frozen grade: pictures, rows and words. No queries and no requests."""
